"""The encodings a task's XML comes in, whatever its declaration says."""

from pathlib import Path

import pytest
from tc_portal.core.task_scheduler.reading import TasksRead, read_tasks

CORPUS = Path(__file__).parent / "task_xml"

TEXT = """<?xml version="1.0" encoding="{says}"?>
<!-- \\経理\\表計算 -->
<Task>
  <RegistrationInfo><Description>能登の十五〜二十、髙島屋①</Description></RegistrationInfo>
  <Actions><Exec><Command>予約表.exe</Command></Exec></Actions>
</Task>
"""


def encoded(encoding: str, *, mark: bytes = b"", says: str = "UTF-16", line_end: str = "\r\n") -> bytes:
    return mark + TEXT.replace("{says}", says).replace("〜", "～").replace("\n", line_end).encode(encoding)


def read(content: bytes) -> tuple[str, str, tuple[str, ...]]:
    result = read_tasks(content)
    assert result.unread == ()
    (task,) = result.tasks
    return task.path, task.description, task.commands


EXPECTED = ("\\経理\\表計算", "能登の十五～二十、髙島屋①", ("予約表.exe",))

ENCODINGS = [
    ("utf-16-le", b"\xff\xfe"),
    ("utf-16-be", b"\xfe\xff"),
    ("utf-16-le", b""),
    ("utf-16-be", b""),
    ("utf-8", b"\xef\xbb\xbf"),
    ("utf-8", b""),
    ("cp932", b""),
]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("says", ["UTF-16", "utf-8", "Shift_JIS", "windows-1252", "nonsense"])
@pytest.mark.parametrize(("encoding", "mark"), ENCODINGS)
def test_the_bytes_say_the_encoding_not_the_declaration(encoding: str, mark: bytes, says: str, line_end: str) -> None:
    assert read(encoded(encoding, mark=mark, says=says, line_end=line_end)) == EXPECTED


@pytest.mark.parametrize(("encoding", "mark"), ENCODINGS)
def test_nuls_at_the_end_and_space_at_the_beginning_do_not_matter(encoding: str, mark: bytes) -> None:
    content = encoded(encoding, mark=mark)
    assert read(content + b"\0") == read(content + b"\0" * 6) == EXPECTED
    space = " \r\n\r\n\t".encode(encoding)
    assert read(mark + space + content.removeprefix(mark)) == EXPECTED


def test_one_byte_too_many_after_utf_16_does_not_matter() -> None:
    assert read(encoded("utf-16-le", mark=b"\xff\xfe") + b"\n") == EXPECTED


@pytest.mark.parametrize(("encoding", "mark"), ENCODINGS)
def test_a_file_put_together_of_whole_files_is_read(encoding: str, mark: bytes) -> None:
    result = read_tasks(encoded(encoding, mark=mark) * 3)
    assert result.unread == () and [task.path for task in result.tasks] == [EXPECTED[0]] * 3


def test_utf_8_that_breaks_off_within_a_character_is_not_taken_for_cp932() -> None:
    whole = encoded("utf-8")
    result = read_tasks(whole + whole[: whole.index("能".encode()) + 1])
    assert [task.description for task in result.tasks] == [EXPECTED[1]]
    (unread,) = result.unread
    assert unread.where == "L9 \\経理\\表計算" and "</Task> で終わっていません" in unread.ja


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf<Task>\x82</Task>",
        b"\xff\xfe" + b"<\0\x00\xd8>\0",
        b"<Task>\x81\x20\xff</Task>",
        b"\x89PNG\r\n\x1a\n\x85",
    ],
)
def test_bytes_in_no_known_encoding_are_refused(content: bytes) -> None:
    result = read_tasks(content)
    assert result.tasks == () and result.unread[0].where == ""
    assert "文字コードがわかりません" in result.unread[0].ja and "encoding" in result.unread[0].en


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"\xef\xbb\xbf", b"\0\0\0", b"  \r\n", b"<", b"<?xml version='1.0'?>"]
)
def test_a_file_without_anything_is_told(content: bytes) -> None:
    (unread,) = read_tasks(content).unread
    assert unread.where == "" and "タスクがありません" in unread.ja


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.xml")), ids=lambda path: path.stem)
def test_each_file_says_the_same_in_every_encoding(path: Path) -> None:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.lstrip().startswith("<"):
            break
    expected = read_tasks(content)
    for encoding, mark in ENCODINGS:
        for line_end in ("\n", "\r\n"):
            again = mark + text.replace("\r\n", "\n").replace("\n", line_end).encode(encoding)
            assert isinstance(expected, TasksRead) and read_tasks(again) == expected
