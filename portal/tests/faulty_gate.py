"""A gate before a running portal that does to requests and answers what networks, proxies and crashes do."""

import socket
import ssl
import struct
import threading
import time
from dataclasses import dataclass, field

WAY_TOO_LONG = 60


@dataclass
class Gate:
    """Listens at ``port`` and passes requests on to the portal at ``portal_port``, unless ``fault`` says otherwise.

    ``fault`` is ``"slow"`` (the answer comes far too late), ``"trickling"``, ``"cut off"`` (in the middle of the
    answer), ``"answer lost"`` (after the portal has committed), ``"reset"``, or a status to answer with.
    """

    portal_port: int
    tls: ssl.SSLContext | None = None
    fault: str = ""
    port: int = 0
    passed_on: int = 0
    _listener: socket.socket | None = None
    _place: socket.socket | None = None
    _filling: list[socket.socket] = field(default_factory=list)

    def open(self) -> "Gate":
        """Take connections, at the port of before if there was one."""
        self._listener = self._place or self._bound()
        self._place = None
        self._listener.listen(128)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()
        return self

    def close(self) -> None:
        """Refuse connections; the port stays ours."""
        if self._listener is not None:
            # Wakes the thread that waits in accept; closing alone would leave the port listening.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        self._forget()
        self._place = self._bound()

    def end(self) -> None:
        self.close()
        self._forget()

    def swallow(self) -> None:
        """Be an address behind which nothing answers: a queue that nobody empties, so that Linux drops what comes."""
        self.close()
        assert self._place is not None
        self._place.listen(0)
        for _ in range(3):
            filling = socket.socket()
            filling.setblocking(False)
            filling.connect_ex(("127.0.0.1", self.port))
            self._filling.append(filling)

    def _bound(self) -> socket.socket:
        place = socket.socket()
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind(("127.0.0.1", self.port))
        return place

    def _forget(self) -> None:
        for each in [*self._filling, *([self._place] if self._place is not None else [])]:
            each.close()
        self._filling.clear()
        self._place = None

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._take, args=(connection,), daemon=True).start()

    def _take(self, plain: socket.socket) -> None:
        try:
            connection = self.tls.wrap_socket(plain, server_side=True) if self.tls is not None else plain
            with connection:
                while (request := _whole_message(connection)) is not None:
                    if not self._is_answered(connection, request):
                        return
        except OSError:
            plain.close()

    def _is_answered(self, connection: socket.socket, request: bytes) -> bool:
        """Whether the connection may be used for another request."""
        fault = self.fault
        if fault.isdigit():
            connection.sendall(f"HTTP/1.1 {fault} Fault\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            return False
        if fault == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        answer = self._asked(request)
        if fault == "slow":
            time.sleep(WAY_TOO_LONG)
        elif fault == "trickling":
            for number in range(len(answer)):
                connection.sendall(answer[number : number + 1])
                time.sleep(1)
        elif fault == "cut off":
            connection.sendall(answer[:20])
        elif fault != "answer lost":
            connection.sendall(answer)
            return b"connection: close" not in answer.lower()
        return False

    def _asked(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.portal_port)) as portal:
            portal.sendall(request)
            answer = _whole_message(portal)
        self.passed_on += 1
        assert answer is not None
        return answer


def _whole_message(connection: socket.socket) -> bytes | None:
    """The next request or answer, or None at the end; each has a Content-Length or no body."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = int(lengths[0]) - len(body) if lengths else 0
    while missing > 0:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
        missing -= len(piece)
    return data
