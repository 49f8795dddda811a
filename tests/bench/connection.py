"""HTTP/1.1 on a bare socket, kept alive: as little as asking for answers and timing them takes.

It knows answers with a Content-Length and chunked ones, reads them to their end, and keeps
nothing of a body but its length.
"""

from __future__ import annotations

import socket

_BUFFER_BYTES = 1 << 18
_buffer = memoryview(bytearray(_BUFFER_BYTES))


class Failure(Exception):
    """An answer that is no success, or is not whole."""


class Connection:
    """A connection that asks one thing at a time; non-blocking, so that one thread drives many."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._open()

    def _open(self) -> None:
        self.socket = socket.create_connection(self._address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self._closing = False

    def close(self) -> None:
        self.socket.close()

    def fileno(self) -> int:
        return self.socket.fileno()

    def reopened(self) -> bool:
        """Whether the engine had said that it would close, and a new connection stands."""
        if not self._closing:
            return False
        self.close()
        self._open()
        return True

    def send(self, request: bytes) -> None:
        """Ask. A request is small: the kernel takes it whole."""
        self._head = b""
        self._in_body = False
        # Bytes still to come of the body or of the chunk, its end of line included; -1 is
        # "a line that says how many", and -2 "until the engine closes".
        self._left = 0
        self._chunked = False
        self._last_chunk = False
        self._line = b""
        self.body_bytes = 0
        sent = self.socket.send(request)
        if sent != len(request):
            raise Failure("The request did not fit into the socket's buffer.")

    def receive(self) -> bool:
        """Take what has come; whether the answer is whole now. Raises `Failure`."""
        try:
            count = self.socket.recv_into(_buffer)
        except BlockingIOError:
            return False
        if not count:
            if self._in_body and self._left == -2:
                self._closing = True
                return True
            raise Failure("The engine closed the connection in the middle of an answer.")
        if self._in_body:
            return self._take(_buffer[:count])
        self._head += bytes(_buffer[:count])
        end = self._head.find(b"\r\n\r\n")
        if end < 0:
            return False
        head, body = self._head[:end].lower(), self._head[end + 4 :]
        self._read_head(head, body)
        return self._take(memoryview(body))

    def _read_head(self, head: bytes, body: bytes) -> None:
        if not head.startswith(b"http/1.1 2"):
            raise Failure((head.split(b"\r\n")[0] + b" " + body[:500]).decode(errors="replace"))
        self._in_body = True
        self._closing = b"\r\nconnection: close" in head
        length = head.find(b"\r\ncontent-length:")
        if length >= 0:
            self._left = int(head[length + 17 :].split(b"\r\n", 1)[0])
        elif b"\r\ntransfer-encoding: chunked" in head:
            self._chunked = True
            self._left = -1
        elif head.startswith(b"http/1.1 204"):
            self._left = 0
        else:
            self._left = -2

    def _take(self, data: memoryview) -> bool:
        if not self._chunked:
            self.body_bytes += len(data)
            if self._left == -2:
                return False
            self._left -= len(data)
            return self._left <= 0
        return self._take_chunks(data)

    def _take_chunks(self, data: memoryview) -> bool:
        """Walk over the chunks (RFC 9112, section 7.1); trailers are not expected."""
        place, size = 0, len(data)
        while place < size:
            if self._left > 0:
                step = min(self._left, size - place)
                self._left -= step
                place += step
                if self._left == 0:
                    if self._last_chunk:
                        return True
                    self._left = -1
                continue
            self._line += bytes(data[place : place + 32])
            end = self._line.find(b"\r\n")
            if end < 0:
                return False
            place += end + 2 - (len(self._line) - min(32, size - place))
            length = int(self._line[:end].split(b";")[0], 16)
            self._line = b""
            self.body_bytes += length
            self._last_chunk = length == 0
            self._left = length + 2
        return False
