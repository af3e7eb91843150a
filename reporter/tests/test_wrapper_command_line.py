"""On Windows the command's own line is passed on as it was typed."""

import pytest

from tc_portal_reporter.wrapping.windows_command_line import end_of_line, parts_of

START = r'"C:\Program Files\Python\python.exe" -X utf8 -m tc_portal_reporter run --key k -- '


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("python x.py", ["python", "x.py"]),
        ('cmd /c "dir ""C:\\a b"" /s"', ["cmd", "/c", 'dir "C:\\a b" /s']),
        ('msiexec /i x.msi TARGETDIR="C:\\a b\\"', ["msiexec", "/i", "x.msi", 'TARGETDIR=C:\\a b"']),
        (r'findstr /c:"a \"b\" c" "C:\x\\"', ["findstr", '/c:a "b" c', "C:\\x\\"]),
        ('tool ""  "" a\tb', ["tool", "", "", "a", "b"]),
        (r"dir \\server\share", ["dir", r"\\server\share"]),
    ],
)
def test_the_end_of_the_line_is_the_command_as_typed(typed, command):
    assert end_of_line(START + typed, command) == typed


def test_blanks_at_the_end_are_not_part_of_it():
    assert end_of_line("tc-report run -- a b  \t", ["a", "b"]) == "a b"


@pytest.mark.parametrize("command", [[], ["x"], ["b", "a"], ["run", "--", "a", "b", "c"]])
def test_where_it_is_not_the_end_of_the_line_nothing_is_claimed(command):
    assert end_of_line("tc-report run -- a b", command) is None


def test_parts_know_where_they_begin():
    assert [(part.start, part.text) for part in parts_of(' a "b c"')] == [(1, "a"), (3, "b c")]
