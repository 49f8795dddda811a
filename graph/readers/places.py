"""How many requests of each lane are under way, over all processes of a service that ask.

One small mapped file (cf. `graph.readers.board`): a row for each process, which it alone
writes. Two that take the last place of a queue at one moment both have it.
"""

from __future__ import annotations

import fcntl
import mmap
from pathlib import Path

import psutil

from graph.errors import TooBusy
from graph.readers.settings import LANES

_ROWS = 256  # a worker that died leaves its row to the next; there are 64 at most
_CELL_BYTES = 4
_SIZE_BYTES = _CELL_BYTES * (1 + _ROWS * (1 + len(LANES)))


class Places:
    """The places of one process, beside those of the others."""

    def __init__(self, path: Path, pid: int) -> None:
        """Take a row in the file at `path`, made when it is missing. Raises `OSError`."""
        with path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if file.tell() < _SIZE_BYTES:
                file.truncate(_SIZE_BYTES)
            self._cells = memoryview(mmap.mmap(file.fileno(), _SIZE_BYTES)).cast("I")
            self._pids = self._column(0)
            self._counts = {lane: self._column(1 + at) for at, lane in enumerate(LANES)}
            self._forget_the_dead()
            self._row = self._pids.tolist().index(0)
            self._pids[self._row] = pid
            self._cells[0] = max(self._cells[0], self._row + 1)
            fcntl.flock(file, fcntl.LOCK_UN)  # the map keeps the file open

    def _column(self, at: int) -> memoryview[int]:
        return self._cells[1 + at * _ROWS :][:_ROWS]

    def enter(self, lane: str, room: int) -> None:
        """Take one of `room` places of a lane. Raises `TooBusy` when all are taken."""
        counts = self._counts[lane]
        if sum(counts[: self._cells[0]]) >= room:
            self._forget_the_dead()
            if sum(counts[: self._cells[0]]) >= room:
                raise TooBusy
        counts[self._row] += 1

    def leave(self, lane: str) -> None:
        """Give a place back."""
        self._counts[lane][self._row] -= 1

    def _forget_the_dead(self) -> None:
        for row, pid in enumerate(self._pids[: self._cells[0]]):
            if pid and not psutil.pid_exists(pid):
                for counts in self._counts.values():
                    counts[row] = 0
                self._pids[row] = 0
