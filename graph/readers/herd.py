"""Forks readers, watches their time and memory, ends those that take too much.

One thread, no database of its own: what it forks starts clean, or with one edition that
the process holds in memory and all its readers share.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psutil
from pyoxigraph import Store as Database

from graph.readers import processors, wire
from graph.readers.board import Board, Cause, Running
from graph.readers.reader import run
from graph.readers.settings import LANES, ReaderSettings
from graph.representation import Writer

TICK_S = 0.05
_SLOW_S = 0.2  # a query that takes longer makes way for shorter ones
_NICENESS = 10  # a tenth of what others get: 19 starves on a machine that is busy otherwise
_HASTY_S = 0.2  # a reader that ends so soon, idle, has something wrong with it
_PAUSE_S = 0.5


@dataclass
class _Seat:
    lane: str
    slot: int
    pid: int = 0
    seated: float = 0.0
    slowed: bytes = b""  # the request that it was slowed for
    ended: Running | None = None  # the request that the herd ended it for
    cause: int = Cause.NONE  # why the herd did
    not_before: float = 0.0
    keeps_off: bool = False  # the processors of the service's event loops


class Herd:
    """The readers that one process has forked."""

    def __init__(
        self,
        settings: ReaderSettings,
        writer: Writer,
        board: Board,
        mailboxes: Mapping[str, socket.socket],
        lanes: Sequence[str],
        first_slot: int,
        held: tuple[str, Database] | None = None,
    ) -> None:
        """`lanes` has a lane for each reader. Nothing is forked before the first `step`."""
        self._settings = settings
        self._writer = writer
        self._board = board
        self._mailboxes = mailboxes
        self._held = held
        self._seats = [_Seat(lane, first_slot + index) for index, lane in enumerate(lanes)]
        # One for each event loop's processor roams, and fills what the loop leaves of it.
        queries = [seat for seat in self._seats if seat.lane == "query"]
        for seat in queries[len(processors.chosen(settings.runtime)) :]:
            seat.keeps_off = True
        self._sender = wire.new_socket()
        self._sender.setblocking(False)
        self._untold: list[tuple[Running, int]] = []  # whose reader ended, and why
        self._wake, self._waker = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(self._waker, False)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def step(self, wait_s: float = TICK_S) -> None:
        """Fork who is missing, end who takes too much; wait for a tick, or a reader's end."""
        now = time.monotonic()
        for seat in self._seats:
            if not seat.pid and now >= seat.not_before:
                self._fork(seat)
        self._look(wait_s)

    def retire(self) -> None:
        """Let the readers finish what they are at, and go. Call `drain` until it says done."""
        for seat in self._seats:
            if seat.pid:
                with suppress(ProcessLookupError):
                    os.kill(seat.pid, signal.SIGTERM)

    def drain(self) -> bool:
        """Wait a tick for retired readers; whether all are gone, and all askers told."""
        self._look(TICK_S)
        return not self._untold and all(not seat.pid for seat in self._seats)

    def close(self) -> None:
        """Let go of its files, once it is drained; whoever was made last is woken by signals."""
        woken = signal.set_wakeup_fd(-1)
        if woken != self._waker:
            signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
        os.close(self._wake)
        os.close(self._waker)
        self._sender.close()

    def clear(self, slots: Iterable[int]) -> None:
        """Tell who asked readers whose own herd is gone, and empty their slots."""
        for slot in slots:
            running = self._board.running(slot)
            if running:
                self._untold.append((running, Cause.SIGNAL))
            self._board.seat(slot, 0, 0)

    def _look(self, wait_s: float) -> None:
        select.select([self._wake], [], [], wait_s)
        with suppress(BlockingIOError):
            os.read(self._wake, 4096)
        self._reap()
        self._untold = [told for told in self._untold if not self._is_told(*told)]
        for seat in self._seats:
            if seat.pid:
                self._watch(seat)

    def _fork(self, seat: _Seat) -> None:
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            mailbox = self._mailboxes[seat.lane]
            # Here, before it serves: from outside it may come late, and hide the first request.
            baseline = psutil.Process().memory_info().rss
            self._board.seat(seat.slot, os.getpid(), LANES.index(seat.lane), baseline)
            if seat.keeps_off:
                processors.keep_off(self._settings.runtime)
            run(
                self._settings, self._writer, self._board, seat.slot, seat.lane, mailbox,
                self._held,
            )  # fmt: skip
        seat.pid, seat.seated, seat.slowed, seat.ended = pid, time.monotonic(), b"", None

    def _reap(self) -> None:
        for seat in self._seats:
            if not seat.pid:
                continue
            pid, status = os.waitpid(seat.pid, os.WNOHANG)
            if not pid:
                continue
            running = self._board.running(seat.slot)
            if running:
                # It may have begun another by the time that it was ended.
                known = seat.ended and seat.ended.is_same(running)
                self._untold.append((running, seat.cause if known else self._cause(status)))
            if not running and time.monotonic() - seat.seated < _HASTY_S:
                seat.not_before = time.monotonic() + _PAUSE_S
            self._board.seat(seat.slot, 0, 0)
            seat.pid = 0

    def _is_told(self, running: Running, cause: int) -> bool:
        """Tell an asker that its reader ended; False when its inbox has no room yet."""
        inbox = self._settings.runtime / running.asker
        try:
            wire.send(self._sender, wire.encode({"turn": running.turn, "ended": cause}), str(inbox))
        except BlockingIOError:
            return False
        except OSError:
            pass  # it is not there any more
        return True

    @staticmethod
    def _cause(status: int) -> int:
        if os.WIFSIGNALED(status):
            # An allocation that the limit refuses aborts the process.
            number = os.WTERMSIG(status)
            return Cause.MEMORY if number == signal.SIGABRT else Cause.SIGNAL + number
        return Cause.SIGNAL

    def _watch(self, seat: _Seat) -> None:
        running = self._board.running(seat.slot)
        if running is None or running.pid != seat.pid:
            return
        settings, writes = self._settings, seat.lane == "write"
        elapsed = time.monotonic() - running.started
        deadline = settings.write_timeout_s if writes else settings.query_timeout_s
        if running.cancelled == running.request:
            self._end(seat, running, Cause.CANCELLED)
        elif elapsed > deadline:
            self._end(seat, running, Cause.DEADLINE)
        elif self._grown(running) > (
            settings.writer_memory_bytes if writes else settings.reader_memory_bytes
        ):
            self._end(seat, running, Cause.MEMORY)
        elif elapsed > _SLOW_S and seat.slowed != running.request and seat.lane == "query":
            seat.slowed = running.request
            with suppress(OSError):
                own = os.getpriority(os.PRIO_PROCESS, 0)
                os.setpriority(os.PRIO_PROCESS, seat.pid, own + _NICENESS)

    @staticmethod
    def _grown(running: Running) -> int:
        try:
            return int(psutil.Process(running.pid).memory_info().rss) - running.baseline_bytes
        except psutil.Error:
            return 0

    @staticmethod
    def _end(seat: _Seat, running: Running, cause: Cause) -> None:
        seat.ended, seat.cause = running, cause
        with suppress(ProcessLookupError):
            os.kill(seat.pid, signal.SIGKILL)
