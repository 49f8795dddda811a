"""Asks readers: from a thread that waits, or from an event loop that does not."""

from __future__ import annotations

import asyncio
import errno
import os
import select
import socket
import time
from collections import deque
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
from graph.readers.settings import LANES, ReaderSettings

_PART = 1 << 18
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
        self._kept = {lane: _Kept(self._size(lane), settings.queue) for lane in LANES}

    def _size(self, lane: str) -> int:
        settings = self._settings
        return {"page": settings.page_readers, "query": settings.readers}.get(lane, 1)

    def cancel(self, request: str) -> bool:
        """End a running request by its identifier; whether there was one."""
        return self._board.cancel(bytes.fromhex(request))

    def running(self) -> list[dict[str, Any]]:
        """What readers are at, without the texts."""
        now = time.monotonic()
        return [
            {"id": found.request.hex(), "seconds": round(now - found.started, 3)}
            for found in self._board.all_running()
        ]

    def ask(self, lane: str, head: dict[str, Any], descriptors: Sequence[int] = ()) -> wire.Frame:
        """Send a request and wait for its reply.

        Raises the error that the reply tells, `TooBusy`, or why the reader was ended.
        """
        for attempt in (1, 2):
            request = head.setdefault("id", new_request())
            with self._connect(lane) as connection:
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
            connection.setblocking(True)
        except OSError as error:
            connection.close()
            if error.errno == errno.EAGAIN:
                raise TooBusy from error
            raise QueryFailed("The readers of this service are not running.") from error
        return connection

    def _wait(self, connection: socket.socket, lane: str, request: str) -> None:
        """Wait until a reply begins. Raises `TooBusy` when no reader took the request."""
        if select.select([connection], [], [], self._queue_s(lane))[0]:
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
        kept = self._kept[lane]
        fresh = 0
        while True:
            connection = await self._lease(kept, lane)
            used = connection is not None
            try:
                if connection is None:
                    fresh += 1
                    connection = self._connect(lane)
                    connection.setblocking(False)
                frame = await self._exchange(connection, lane, head, descriptors, slow_s, when_slow)
            except BaseException as error:
                kept.give_back(None)
                if connection is not None:
                    connection.close()
                if not isinstance(error, wire.ConnectionLost):
                    raise
                lost = error
            else:
                # Whether a reader took a write from a kept connection could not be known.
                if lane == "write":
                    connection.close()
                kept.give_back(connection if lane != "write" else None)
                return _checked(frame)
            if used and not self._verdict(request):
                continue  # a reader may close a connection that it kept
            time_left = time.monotonic() + _VERDICT_WAIT_S
            while not (cause := self._verdict(request)) and time.monotonic() < time_left:
                await asyncio.sleep(_VERDICT_POLL_S)
            if cause or fresh > 1 or lane == "write":
                raise self._why(cause, lane) from lost

    async def _lease(self, kept: _Kept, lane: str) -> socket.socket | None:
        """A connection that was kept, or leave to make one. Raises `TooBusy`."""
        if kept.is_free():
            return kept.take_now()
        try:
            return await asyncio.wait_for(kept.take(), self._queue_s(lane))
        except TimeoutError as error:
            raise TooBusy from error

    async def _exchange(
        self,
        connection: socket.socket,
        lane: str,
        head: dict[str, Any],
        descriptors: Sequence[int],
        slow_s: float,
        when_slow: Callable[[], object] | None,
    ) -> wire.Frame:
        loop = asyncio.get_running_loop()
        number = connection.fileno()
        decoder = wire.Decoder()
        done: asyncio.Future[wire.Frame] = loop.create_future()

        def readable() -> None:
            try:
                part, found, _, _ = socket.recv_fds(connection, _PART, 4)
                frame = decoder.feed(part, found)
            except BlockingIOError:
                return
            except (wire.ConnectionLost, OSError) as error:
                if not done.done():
                    lost = error if isinstance(error, wire.ConnectionLost) else None
                    done.set_exception(lost or wire.ConnectionLost())
                return
            if frame and not done.done():
                done.set_result(frame)

        def unqueued() -> None:
            if not done.done() and not self._is_running(head["id"]):
                done.set_exception(TooBusy())

        def overdue() -> None:
            if not done.done():
                self.cancel(head["id"])
                done.set_exception(QueryTimedOut(self._deadline_s(lane)))

        total = self._queue_s(lane) + self._deadline_s(lane) + _GRACE_S
        timers = [
            loop.call_later(self._queue_s(lane), unqueued),
            loop.call_later(total, overdue),
        ]
        if when_slow:
            timers.append(loop.call_later(slow_s, when_slow))
        try:
            await self._send(loop, connection, wire.encode(head), descriptors)
            loop.add_reader(number, readable)
            return await done
        except OSError as error:
            raise wire.ConnectionLost from error
        finally:
            for timer in timers:
                timer.cancel()
            loop.remove_reader(number)
            if not done.done() or done.cancelled() or done.exception():
                decoder.close()

    @staticmethod
    async def _send(
        loop: asyncio.AbstractEventLoop,
        connection: socket.socket,
        whole: bytes,
        descriptors: Sequence[int],
    ) -> None:
        if descriptors:
            sent = socket.send_fds(connection, [whole], list(descriptors))
        else:
            try:
                sent = connection.send(whole)
            except BlockingIOError:
                sent = 0
        if sent < len(whole):
            await loop.sock_sendall(connection, whole[sent:])

    def _is_running(self, request: str) -> bool:
        wanted = bytes.fromhex(request)
        return any(found.request == wanted for found in self._board.all_running())

    def _verdict(self, request: str) -> int:
        return self._board.verdict(bytes.fromhex(request))

    def _queue_s(self, lane: str) -> float:
        return self._deadline_s(lane)

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


class _Kept:
    """A lane's connections of one event loop: as many as it has readers, and who waits for one."""

    def __init__(self, size: int, queue: int) -> None:
        self._free = size
        self._queue = queue
        self._idle: list[socket.socket] = []
        self._waiting: deque[asyncio.Future[socket.socket | None]] = deque()

    def is_free(self) -> bool:
        """Whether nobody need wait."""
        return bool(self._idle or self._free)

    def take_now(self) -> socket.socket | None:
        """A connection, None for leave to make one."""
        if self._idle:
            return self._idle.pop()
        self._free -= 1
        return None

    async def take(self) -> socket.socket | None:
        """As `take_now`, when it is one's turn. Raises `TooBusy` when too many wait."""
        if len(self._waiting) >= self._queue:
            raise TooBusy
        turn: asyncio.Future[socket.socket | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give_back(turn.result())
            raise

    def give_back(self, connection: socket.socket | None) -> None:
        """Let the next one have the connection, or the leave to make one."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        if connection is None:
            self._free += 1
        else:
            self._idle.append(connection)


def _checked(frame: wire.Frame) -> wire.Frame:
    if "error" in frame.head:
        raise wire.error_of(frame.head)
    return frame
