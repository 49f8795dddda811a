"""Connections to readers that an event loop keeps: one request at a time on each."""

from __future__ import annotations

import asyncio
import os
import socket
from collections import deque
from collections.abc import Sequence

from graph.errors import TooBusy
from graph.readers.wire import ConnectionLost, Decoder, Frame, receive_part

_PART = 1 << 16  # more would be mapped and unmapped for each reply


class Line:
    """A connection that this event loop listens to as long as it is open."""

    def __init__(self, connection: socket.socket) -> None:
        """Take over a connected socket."""
        connection.setblocking(False)
        self._loop = asyncio.get_running_loop()
        self._connection = connection
        self._number = connection.fileno()
        self._decoder = Decoder()
        self._reply: asyncio.Future[Frame] | None = None
        self.is_open = True
        self._loop.add_reader(self._number, self._readable)

    async def ask(self, whole: bytes, descriptors: Sequence[int] = ()) -> Frame:
        """Send a frame and wait for its reply. Raises `ConnectionLost`."""
        self._reply = self._loop.create_future()
        try:
            if descriptors:
                sent = socket.send_fds(self._connection, [whole], list(descriptors))
            else:
                sent = self._connection.send(whole)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self.close()
            raise ConnectionLost from error
        if sent < len(whole):
            await self._send_rest(whole[sent:])
        return await self._reply

    async def _send_rest(self, rest: bytes) -> None:
        # The loop cannot wait for room on a socket that it reads: a copy of it can.
        copy = socket.socket(fileno=os.dup(self._number))
        try:
            copy.setblocking(False)
            await self._loop.sock_sendall(copy, rest)
        except OSError as error:
            self.close()
            raise ConnectionLost from error
        finally:
            copy.close()

    def fail(self, error: Exception) -> None:
        """Let whoever waits have an error; the reply, if it comes, is nobody's."""
        if self._reply and not self._reply.done():
            self._reply.set_exception(error)
        self.close()

    def close(self) -> None:
        """Listen no more."""
        if self.is_open:
            self.is_open = False
            self._loop.remove_reader(self._number)
            self._connection.close()
            self._decoder.close()

    def _readable(self) -> None:
        try:
            frame = self._decoder.feed(*receive_part(self._connection, _PART))
        except BlockingIOError:
            return
        except (ConnectionLost, OSError):
            self.fail(ConnectionLost())
            return
        if frame is None:
            return
        self._decoder = Decoder()
        if self._reply and not self._reply.done():
            self._reply.set_result(frame)
        else:  # nobody waits any more
            for descriptor in frame.descriptors:
                os.close(descriptor)


class Lines:
    """A lane's lines: at most as many as it has readers, and who waits for one."""

    def __init__(self, size: int, queue: int) -> None:
        """`queue` is how many may wait."""
        self._free = size
        self._queue = queue
        self._idle: list[Line] = []
        self._waiting: deque[asyncio.Future[Line | None]] = deque()

    def take_now(self) -> tuple[Line | None, bool]:
        """A line, or leave to make one; and whether there was either."""
        while self._idle:
            line = self._idle.pop()
            if line.is_open:
                return line, True
            self._free += 1
        if not self._free:
            return None, False
        self._free -= 1
        return None, True

    async def take(self) -> Line | None:
        """As `take_now`, when it is one's turn. Raises `TooBusy` when too many wait."""
        if len(self._waiting) >= self._queue:
            raise TooBusy
        turn: asyncio.Future[Line | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give_back(turn.result())
            raise

    def give_back(self, line: Line | None) -> None:
        """Let the next one have the line, or the leave to make one."""
        if line is not None and not line.is_open:
            line = None
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(line)
                return
        if line is None:
            self._free += 1
        else:
            self._idle.append(line)
