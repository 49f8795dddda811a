"""What ends the wait for a reply when no reply comes, and why a reader was ended."""

from __future__ import annotations

import time
from dataclasses import dataclass
from signal import SIGKILL

import psutil

from graph.errors import (
    QueryCancelled,
    QueryOutOfMemory,
    QueryTimedOut,
    ReaderLost,
    ShuangmaError,
    TooBusy,
    UpdateFailed,
)
from graph.readers.board import Board, Cause, Running
from graph.readers.settings import ReaderSettings

LOOK_S = 0.25
_GRACE_S = 5.0  # beyond the deadline, before a reader that nobody ended is given up


@dataclass(slots=True)
class Wait:
    """A request without a reply yet; `since` is on the monotonic clock."""

    lane: str
    since: float
    was_lost: bool = False  # its reader had gone at the last look

    def over(
        self, settings: ReaderSettings, board: Board, running: Running | None
    ) -> ShuangmaError | None:
        """Why there shall be no reply; None while there may be one. Asked at each look.

        `running` is the request as the board has it. A reader ends with its herd, and then
        nobody is left to tell; a herd that lives tells within a look.
        """
        deadline_s = settings.deadline_s(self.lane)
        waited = time.monotonic() - self.since
        if running is None:
            # No reader begins a request that has waited for so long.
            return TooBusy() if waited > deadline_s + LOOK_S else None
        lost = _has_ended(running.pid)
        if lost and self.was_lost:
            return why_ended(Cause.SIGNAL, self.lane, settings)
        self.was_lost = lost
        if waited > 2 * deadline_s + _GRACE_S:
            board.cancel(running)
            return why_ended(Cause.DEADLINE, self.lane, settings)
        return None


def _has_ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:  # it cannot be told
        return False


def why_ended(cause: int, lane: str, settings: ReaderSettings) -> ShuangmaError:
    """The error of a request whose reader was ended; `cause` is a `Cause`, or a signal's."""
    writes = lane == "write"
    if cause == Cause.DEADLINE:
        setting = "write-timeout" if writes else "query-timeout"
        return QueryTimedOut(settings.deadline_s(lane), setting)
    if cause == Cause.MEMORY:
        if writes:
            return QueryOutOfMemory(settings.writer_memory_bytes, "writer-memory")
        return QueryOutOfMemory(settings.reader_memory_bytes)
    if cause == Cause.CANCELLED:
        return QueryCancelled()
    if writes and cause in {Cause.NONE, Cause.SIGNAL, Cause.SIGNAL + SIGKILL}:
        return UpdateFailed(
            "The writer ended before it could say whether the write was applied. Ask whether "
            "it was before you send it again."
        )
    return ReaderLost(max(0, cause - Cause.SIGNAL))
