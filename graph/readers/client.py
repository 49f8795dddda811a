"""Asks readers: from a thread that waits, or from an event loop that does not."""

from __future__ import annotations

import asyncio
import errno
import os
import select
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

from graph.errors import (
    QueryCancelled,
    QueryFailed,
    QueryOutOfMemory,
    QueryTimedOut,
    ReaderLost,
    ShuangmaError,
    TooBusy,
    UpdateFailed,
)
from graph.readers import wire
from graph.readers.board import ID_BYTES, Board, Cause
from graph.readers.line import Line, Lines
from graph.readers.settings import LANES, ReaderSettings

_VERDICT_WAIT_S = 2.0
_VERDICT_POLL_S = 0.01
_GRACE_S = 5.0  # beyond the deadline, before a reader that nobody ended is given up


def new_request() -> str:
    """An identifier for a request: 128 random bits, in hexadecimal."""
    return os.urandom(ID_BYTES).hex()


class Readers:
    """The readers of a service, as their clients see them."""

    def __init__(self, settings: ReaderSettings) -> None:
        """Map the board. Raises `FileNotFoundError` when no keeper has made it."""
        self._settings = settings
        self._board = Board(settings.board)
        self._paths = {lane: str(settings.socket(lane)) for lane in LANES}
        self._lines = {lane: Lines(self._size(lane), settings.queue) for lane in LANES}

    def _size(self, lane: str) -> int:
        settings = self._settings
        return {"page": settings.page_readers, "query": settings.readers}.get(lane, 1)

    def cancel(self, request: str) -> bool:
        """End a running request by its identifier; whether there was one."""
        return self._board.cancel(bytes.fromhex(request))

    def ask(self, lane: str, head: dict[str, Any], descriptors: Sequence[int] = ()) -> wire.Frame:
        """Send a request and wait for its reply.

        Raises the error that the reply tells, `TooBusy`, or why the reader was ended.
        """
        for attempt in (1, 2):
            request = head.setdefault("id", new_request())
            with self._connect(lane) as connection:
                connection.setblocking(True)
                try:
                    wire.send(connection, head, b"", *descriptors)
                    self._wait(connection, lane, request)
                    connection.settimeout(_GRACE_S)
                    return _checked(wire.receive(connection))
                except (wire.ConnectionLost, OSError) as lost:
                    time_left = time.monotonic() + _VERDICT_WAIT_S
                    while not (cause := self._verdict(request)) and time.monotonic() < time_left:
                        time.sleep(_VERDICT_POLL_S)
                    if cause or attempt == 2 or lane == "write":
                        raise self._why(cause, lane) from lost
        raise AssertionError

    def _connect(self, lane: str) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.setblocking(False)
            connection.connect(self._paths[lane])
        except OSError as error:
            connection.close()
            if error.errno == errno.EAGAIN:
                raise TooBusy from error
            raise QueryFailed("The readers of this service are not running.") from error
        return connection

    def _wait(self, connection: socket.socket, lane: str, request: str) -> None:
        """Wait until a reply begins. Raises `TooBusy` when no reader took the request."""
        if select.select([connection], [], [], self._deadline_s(lane))[0]:
            return
        if not self._is_running(request) and not select.select([connection], [], [], 0)[0]:
            raise TooBusy
        if not select.select([connection], [], [], self._deadline_s(lane) + _GRACE_S)[0]:
            self.cancel(request)
            raise QueryTimedOut(self._deadline_s(lane))

    async def ask_soon(
        self,
        lane: str,
        head: dict[str, Any],
        descriptors: Sequence[int] = (),
        slow_s: float = 0.25,
        when_slow: Callable[[], object] | None = None,
    ) -> wire.Frame:
        """As `ask`, in an event loop; `when_slow` is called when it takes long."""
        request = head.setdefault("id", new_request())
        lines = self._lines[lane]
        fresh = 0
        while True:
            line = await self._lease(lines, lane)
            used = line is not None
            try:
                if line is None:
                    fresh += 1
                    line = Line(self._connect(lane))
                frame = await self._exchange(line, lane, head, descriptors, slow_s, when_slow)
            except BaseException as error:
                if line is not None:
                    line.close()
                lines.give_back(None)
                if not isinstance(error, wire.ConnectionLost):
                    raise
                lost = error
            else:
                if lane == "write":  # whether a reader took one from a kept line is not known
                    line.close()
                lines.give_back(line)
                return _checked(frame)
            if used and not self._verdict(request):
                continue  # a reader may close a line that it kept
            time_left = time.monotonic() + _VERDICT_WAIT_S
            while not (cause := self._verdict(request)) and time.monotonic() < time_left:
                await asyncio.sleep(_VERDICT_POLL_S)
            if cause or fresh > 1 or lane == "write":
                raise self._why(cause, lane) from lost

    async def _lease(self, lines: Lines, lane: str) -> Line | None:
        """A line that was kept, or leave to make one. Raises `TooBusy`."""
        line, found = lines.take_now()
        if found:
            return line
        try:
            async with asyncio.timeout(self._deadline_s(lane)):
                return await lines.take()
        except TimeoutError as error:
            raise TooBusy from error

    async def _exchange(
        self,
        line: Line,
        lane: str,
        head: dict[str, Any],
        descriptors: Sequence[int],
        slow_s: float,
        when_slow: Callable[[], object] | None,
    ) -> wire.Frame:
        loop = asyncio.get_running_loop()
        deadline_s, request = self._deadline_s(lane), head["id"]
        timers: list[asyncio.TimerHandle] = []

        def slow() -> None:
            timers.append(loop.call_later(deadline_s, unqueued))
            timers.append(loop.call_later(2 * deadline_s + _GRACE_S, overdue))
            if when_slow:
                when_slow()

        def unqueued() -> None:
            if not self._is_running(request):
                line.fail(TooBusy())

        def overdue() -> None:
            self.cancel(request)
            line.fail(QueryTimedOut(deadline_s))

        timers.append(loop.call_later(slow_s, slow))
        try:
            return await line.ask(wire.encode(head), descriptors)
        finally:
            for timer in timers:
                timer.cancel()

    def _is_running(self, request: str) -> bool:
        wanted = bytes.fromhex(request)
        return any(found.request == wanted for found in self._board.all_running())

    def _verdict(self, request: str) -> int:
        return self._board.verdict(bytes.fromhex(request))

    def _deadline_s(self, lane: str) -> float:
        settings = self._settings
        return settings.write_timeout_s if lane == "write" else settings.query_timeout_s

    def _why(self, cause: int, lane: str) -> ShuangmaError:
        settings, writes = self._settings, lane == "write"
        if cause == Cause.DEADLINE:
            setting = "write-timeout" if writes else "query-timeout"
            return QueryTimedOut(self._deadline_s(lane), setting)
        if cause == Cause.MEMORY:
            if writes:
                return QueryOutOfMemory(settings.writer_memory_bytes, "writer-memory")
            return QueryOutOfMemory(settings.reader_memory_bytes)
        if cause == Cause.CANCELLED:
            return QueryCancelled()
        if cause == Cause.NONE and writes:
            return UpdateFailed(
                "The writer ended before it could say whether the write was applied. Ask whether "
                "it was before you send it again."
            )
        return ReaderLost(max(0, cause - Cause.SIGNAL))


def _checked(frame: wire.Frame) -> wire.Frame:
    if "error" in frame.head:
        raise wire.error_of(frame.head)
    return frame
