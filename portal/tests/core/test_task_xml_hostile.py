"""A task's XML as an attacker, an accident or a random generator makes it: always an answer, and soon."""

import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tc_portal.core.task_scheduler.documents import DEEP, MANY_ELEMENTS
from tc_portal.core.task_scheduler.encoding import LARGE
from tc_portal.core.task_scheduler.pieces import MANY_TASKS
from tc_portal.core.task_scheduler.reading import TasksRead, UnreadTask, read_tasks

CORPUS = {path.stem: path.read_bytes() for path in sorted((Path(__file__).parent / "task_xml").glob("*.xml"))}
# Of what a busy test machine needs at most; each takes a second or two.
SOON = 20.0


def read_soon(content: bytes) -> TasksRead:
    began = time.monotonic()
    result = read_tasks(content)
    assert time.monotonic() - began < SOON
    assert result.tasks or result.unread
    assert msgspec.json.decode(msgspec.json.encode(result), type=TasksRead) == result
    assert all(
        unread.ja and unread.en and len(unread.ja) < 500 and len(unread.where) < 350 for unread in result.unread
    )
    return result


def refusal(content: bytes) -> UnreadTask:
    result = read_soon(content)
    assert result.tasks == ()
    (unread,) = result.unread
    return unread


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "definition",
    [
        f'<!DOCTYPE Task [<!ENTITY l0 "lol">{LAUGHS}]>',
        f'<!DOCTYPE Task [<!ENTITY l0 "{"a" * 100_000}">]>',
        '<!DOCTYPE Task [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Task [<!ENTITY % l9 SYSTEM "http://192.0.2.1/x.dtd">%l9;]>',
        '<!DOCTYPE Task SYSTEM "http://192.0.2.1/x.dtd">',
        "<!DOCTYPE Task>",
        "<!DOCTYPE",
        '<!ENTITY l9 "x">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_definitions_are_refused(definition: str, encoding: str) -> None:
    task = "<Task><RegistrationInfo><Description>&l9;</Description></RegistrationInfo></Task>"
    for text in (f"{definition}{task}", f'<?xml version="1.0"?>\n{definition}{task}', f"<Task/>{definition}{task}"):
        unread = refusal(text.encode(encoding))
        assert unread.where == "" and "DOCTYPE" in unread.ja and "DOCTYPE" in unread.en


def test_a_file_too_large_is_refused() -> None:
    unread = refusal(b"<Task/>" + b" " * (LARGE - 6))
    assert "10 MB" in unread.ja and "10 MB" in unread.en
    assert read_soon(b"<Task/>" + b" " * (LARGE - 7)).unread == ()


def test_deep_nesting_is_refused() -> None:
    for depth in (DEEP, 1_000_000):
        unread = refusal(b"<Task>" + b"<a>" * depth + b"</a>" * depth + b"</Task>")
        assert unread.where == "L1" and "深すぎます" in unread.ja
    assert read_soon(b"<Task>" + b"<a>" * (DEEP - 1) + b"</a>" * (DEEP - 1) + b"</Task>").unread == ()


def test_too_many_tasks_are_refused() -> None:
    assert len(read_soon(b"<Task/>" * MANY_TASKS).tasks) == MANY_TASKS
    for content in (b"<Task/>" * (MANY_TASKS + 1), b"<Task>" * 1_600_000, b'<?xml version="1.0"?><Task/>' * 350_000):
        assert f"{MANY_TASKS} 件まで" in refusal(content).ja


def test_too_many_elements_are_refused_and_the_tasks_before_are_read() -> None:
    result = read_soon(b"<Task/><Task>" + b"<a/>" * 2_400_000 + b"</Task><Task/>")
    assert len(result.tasks) == 1
    assert all(f"{MANY_ELEMENTS} 個まで" in unread.ja for unread in result.unread) and len(result.unread) == 2


def test_a_large_file_of_tasks_is_read() -> None:
    whole = CORPUS["whole_pc"].decode("utf-16-le").encode("utf-16")
    times = min(LARGE // len(whole), MANY_TASKS // 4)
    result = read_soon(whole * times)
    assert result.unread == () and len(result.tasks) == 4 * times


@pytest.mark.parametrize(
    "piece",
    ["<!--", "-->", "<!-- \\", "<!-- \\ -->", "<![CDATA[", "]]>", "<?", "<?xml ", "?>", "<?xml ?>", "<Tasks ", "<Tasks>", "</Task>", "</Task ",
     "<", ">", "&", "&lt;", "\n", "\r", " ", "\\", "<a", "<a.", "a='' ", "\0", "表", "<!-- \\" + " " * 290 + "x-->", "<!-- <?xml ", "<![CDATA[<?xml "],
)  # fmt: skip
def test_megabytes_of_anything_are_answered_soon(piece: str) -> None:
    for begin, end in (("", ""), ("<Task>", "</Task>"), ("<Task>", "<?xml ?> -->]]>"), ("<Task ", "></Task>")):
        filler = piece * (LARGE // 3 // len(piece.encode()))
        read_soon(f"{begin}{filler}{end}".encode())


def test_many_different_attributes_and_names_are_answered_soon() -> None:
    attributes = " ".join(f"a{n}='{n}'" for n in range(500_000))
    read_soon(f"<Task {attributes}/>".encode())
    spaces = " ".join(f"xmlns:a{n}='urn:{n}'" for n in range(100_000))
    read_soon(f"<Task {spaces}/>".encode())
    names = "".join(f"<a{n}/>" for n in range(290_000))
    for parent in ("Triggers", "Actions", "Settings"):
        read_soon(f"<Task><{parent}>{names}</{parent}></Task>".encode())
    read_soon(f"<Task><Triggers><{'a' * 9_000_000}/></Triggers></Task>".encode())
    read_soon(f"<Task><RegistrationInfo><URI>{'表' * 3_000_000}</URI></RegistrationInfo></Task>".encode())


@pytest.mark.parametrize("name", CORPUS)
def test_a_file_that_breaks_off_anywhere_is_told(name: str) -> None:
    content = CORPUS[name]
    whole = read_tasks(content)
    for length in range(len(content)):
        result = read_tasks(content[:length])
        assert set(result.tasks) <= set(whole.tasks)
        assert result == whole or result.unread or len(result.tasks) < len(whole.tasks)
        assert result.tasks or result.unread


@given(st.binary(max_size=300))
@settings(max_examples=500, deadline=None)
def test_random_bytes_are_answered(content: bytes) -> None:
    for begin in (b"", b"<Task>", b"\xff\xfe", b"<\0T\0a\0s\0k\0>\0"):
        read_soon(begin + content)


@given(
    st.sampled_from(sorted(CORPUS)),
    st.lists(
        st.tuples(
            st.integers(0, 11_000),
            st.integers(0, 40),
            st.binary(max_size=3)
            | st.sampled_from([b"<", b">", b"</Task>", b"<Task>", b"<!--", b"-->", b"<?xml ", b"<![CDATA[", b"]]>", b"&#0;", b"&x;", b"\0", b"9", b"-"]),
        ),
        min_size=1,
        max_size=8,
    ),
)  # fmt: skip
@settings(max_examples=800, deadline=None)
def test_files_changed_at_random_are_answered(name: str, changes: list[tuple[int, int, bytes]]) -> None:
    content = bytearray(CORPUS[name])
    for place, length, change in changes:
        place %= len(content) + 1
        content[place : place + length] = change
    read_soon(bytes(content))


PIECES = st.sampled_from(
    ["<Task>", "<Task/>", "</Task>", "<Tasks>", "</Tasks>", "<Triggers>", "</Triggers>", "<TimeTrigger>", "</TimeTrigger>", "<CalendarTrigger>",
     "</CalendarTrigger>", "<StartBoundary>", "</StartBoundary>", "2026-04-01T09:00:00", "<ScheduleByDay/>", "<ScheduleByMonth>",
     "</ScheduleByMonth>", "<DaysOfMonth>", "<Day>", "</Day>", "31", "Last", "</DaysOfMonth>", "<Repetition>", "<Interval>", "PT5M", "</Interval>",
     "</Repetition>", "<Settings>", "<Enabled>", "true", "</Enabled>", "</Settings>", "<?xml ?>", "<!-- \\甲 -->", "<!--", "-->", "<![CDATA[", "]]>",
     "<x:", "xmlns:x='u'", "&amp;", "&#", "\n", "表"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=4), max_size=40).map("".join))
@settings(max_examples=800, deadline=None)
def test_pieces_of_xml_in_any_order_are_answered(text: str) -> None:
    read_soon(f"<Task>{text}</Task>".encode())
    read_soon(text.encode("utf-16"))
