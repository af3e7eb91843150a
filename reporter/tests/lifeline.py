"""Whether a process lives, told without asking the system: it holds a connection, and its death cuts that."""

import socket

SECONDS = 60


class Lifeline:
    """``hold`` is a Python statement that holds the line as long as its process lives."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(SECONDS)
        self._line = None
        port = self._listener.getsockname()[1]
        self.hold = f"import socket; line = socket.create_connection(('127.0.0.1', {port}))"

    def accept(self):
        """Wait until a process holds the line."""
        self._line, _ = self._listener.accept()

    def is_held(self):
        """Whether the process lives now."""
        self._line.setblocking(False)
        try:
            return self._line.recv(1) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    def is_cut(self):
        """Whether the process dies, waiting for it a while."""
        self._line.settimeout(SECONDS)
        try:
            return self._line.recv(1) == b""
        except socket.timeout:
            return False
        except OSError:
            return True

    def close(self):
        if self._line is not None:
            self._line.close()
        self._listener.close()
