"""tc-report run typed in a terminal: the program has one too, and the portal still gets its output."""

import os
import select
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX has pseudo-terminals")

SECONDS = 60


def python(code):
    return [sys.executable, "-c", code]


# Makes the terminal that it is started with its own, and becomes the command.
AT_THE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Keyboard:
    """A process with a terminal of its own, and somebody who types and reads there."""

    def __init__(self, command, variables, size=None):
        self._terminal, inner = os.openpty()
        if size is not None:
            self.resize(*size)
        self._process = subprocess.Popen(
            [*python(AT_THE_TERMINAL), *command],
            env=variables,
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
        )
        os.close(inner)
        self.shown = b""

    def type(self, text):
        os.write(self._terminal, text)

    def resize(self, rows, columns):
        import fcntl
        import struct
        import termios

        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def wait_for(self, text):
        until = time.monotonic() + SECONDS
        while text not in self.shown:
            assert time.monotonic() < until, self.shown
            if not self._read():
                break
        assert text in self.shown, self.shown

    def end(self):
        """The exit code, negative after a signal; what is left to be shown is read before."""
        while self._read():
            pass
        return self._process.wait(timeout=SECONDS)

    def _read(self):
        if not select.select([self._terminal], [], [], SECONDS)[0]:
            return False
        try:
            data = os.read(self._terminal, 65_536)
        except OSError:
            return False
        self.shown += data
        return bool(data)

    def close(self):
        self._process.kill()
        self._process.wait(timeout=SECONDS)
        os.close(self._terminal)


@pytest.fixture
def typed(package, portal):
    keyboards = []

    def start(command, shell=None, size=None, options=()):
        wrapper = [sys.executable, *package.command, "run", *options, "--"]
        line = [*wrapper, *command] if shell is None else ["/bin/sh", "-c", shell.format(run=" ".join(wrapper))]
        keyboard = Keyboard(line, package.environment(portal.variables), size)
        keyboards.append(keyboard)
        return keyboard

    yield start
    for keyboard in keyboards:
        keyboard.close()


def test_the_program_has_a_terminal_and_its_output_is_reported(typed, portal):
    keyboard = typed(python("import os; print([os.isatty(n) for n in range(3)], 'は端末')"))
    assert keyboard.end() == 0
    assert keyboard.shown.decode() == "[True, True, True] は端末\r\n"
    assert portal.reports[0]["output"]["head"] == "[True, True, True] は端末\n"


def test_what_is_typed_reaches_the_program(typed):
    keyboard = typed(python("print('hello', input('name? '))"))
    keyboard.wait_for(b"name? ")
    keyboard.type(b"someone\r")
    assert keyboard.end() == 0
    assert b"hello someone\r\n" in keyboard.shown


def test_single_keys_reach_a_program_that_asks_for_them(typed):
    code = "import sys, tty; tty.setraw(0); print('key?', end='', flush=True); print(repr(sys.stdin.read(1)))"
    keyboard = typed(python(code))
    keyboard.wait_for(b"key?")
    keyboard.type(b"q")
    assert keyboard.end() == 0
    assert b"'q'" in keyboard.shown


def test_a_password_prompt_on_the_terminal_itself_works_while_the_output_goes_to_a_file(typed, portal, tmp_path):
    code = "import getpass; print('got', len(getpass.getpass('secret: ')))"
    script = tmp_path / "ask.py"
    script.write_text(code)
    file = tmp_path / "log"
    keyboard = typed([], shell="{run} " + f"{sys.executable} {script} > {file}")
    keyboard.wait_for(b"secret: ")
    keyboard.type(b"hunter2\r")
    assert keyboard.end() == 0
    assert file.read_text() == "got 7\n"
    assert b"hunter2" not in keyboard.shown
    assert "hunter2" not in str(portal.reports)


def test_ctrl_c_reaches_the_program_and_the_wrapper_ends_likewise(typed, portal):
    keyboard = typed(python("print('ready', flush=True); import time; time.sleep(60)"))
    keyboard.wait_for(b"ready")
    keyboard.type(b"\x03")
    assert keyboard.end() == -signal.SIGINT
    assert "SIGINT" in portal.reports[0]["exit_meaning"]


def test_ctrl_c_that_the_program_handles_is_its_own_affair(typed, portal):
    code = (
        "import signal, sys, time\nsignal.signal(signal.SIGINT, lambda *_: sys.exit(3))\n"
        "print('ready', flush=True)\ntime.sleep(60)"
    )
    keyboard = typed(python(code))
    keyboard.wait_for(b"ready")
    keyboard.type(b"\x03")
    assert keyboard.end() == 3
    assert portal.reports[0]["exit_code"] == 3


def test_the_programs_terminal_is_as_large_as_the_real_one(typed):
    code = (
        "import os, signal, time\nheard = []\nsignal.signal(signal.SIGWINCH, lambda *_: heard.append(1))\n"
        "print(tuple(os.get_terminal_size()), flush=True)\n"
        "while not heard: time.sleep(0.01)\nprint(tuple(os.get_terminal_size()))"
    )
    keyboard = typed(python(code), size=(33, 101))
    keyboard.wait_for(b"(101, 33)")
    keyboard.resize(40, 120)
    assert keyboard.end() == 0
    assert b"(120, 40)" in keyboard.shown


def test_the_terminal_is_afterwards_as_it_was_before(typed):
    keyboard = typed(
        [], shell="stty -a > /dev/tty; echo ---; {run} sh -c 'echo type; cat'; echo ---; stty -a > /dev/tty"
    )
    keyboard.wait_for(b"type")
    keyboard.type(b"x\r\x04")
    assert keyboard.end() == 0
    before, between, after = keyboard.shown.split(b"---\r\n")
    assert before == after
    assert b"x\r\n" in between


def test_in_a_pipe_the_end_of_it_is_on_the_terminal(typed, portal):
    keyboard = typed([], shell="echo from the pipe | {run} sh -c 'cat; test -t 1 && echo terminal; exit 4'")
    assert keyboard.end() == 4
    assert keyboard.shown == b"from the pipe\r\nterminal\r\n"
    assert portal.reports[0]["output"]["head"] == "from the pipe\nterminal\n"


def test_a_program_in_a_pipe_may_ask_at_the_terminal(typed):
    script = 'read -r piped; printf "piped %s? " "$piped"; read -r answer < /dev/tty; echo "answer $answer"'
    keyboard = typed([], shell="echo data | {run} sh -c '" + script + "'")
    keyboard.wait_for(b"piped data? ")
    keyboard.type(b"yes\r")
    assert keyboard.end() == 0
    assert b"answer yes" in keyboard.shown


def test_ctrl_c_in_a_pipe_reaches_it_once(typed, tmp_path):
    script = tmp_path / "count.py"
    script.write_text(
        "import signal, sys, time\ncount = []\nsignal.signal(signal.SIGINT, lambda *_: count.append(1))\n"
        "print('ready', flush=True)\nwhile not count: time.sleep(0.01)\n"
        "time.sleep(0.5)\nprint('times', len(count))\n"
    )
    keyboard = typed([], shell="true | {run} " + f"{sys.executable} {script}")
    keyboard.wait_for(b"ready")
    keyboard.type(b"\x03")
    keyboard.end()
    assert b"times 1" in keyboard.shown


def test_in_the_background_it_leaves_the_keyboard_alone(typed, portal):
    keyboard = typed([], shell="set -m; {run} echo in the background & wait $!; echo over; read -r x; echo got $x")
    keyboard.wait_for(b"over")
    keyboard.type(b"keys\r")
    assert keyboard.end() == 0
    assert b"in the background" in keyboard.shown and b"got keys" in keyboard.shown
    assert portal.results == ["success"]


def test_the_time_limit_holds_on_a_terminal(typed, portal, lifeline):
    code = f"{lifeline.hold}; print('ready', flush=True); import time; time.sleep(600)"
    keyboard = typed(python(code), options=["--timeout", "3"])
    lifeline.accept()
    assert keyboard.end() == 124
    assert lifeline.is_cut()
    assert portal.reports[0]["exit_code"] == 124
