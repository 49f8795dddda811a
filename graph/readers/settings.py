"""What the readers of one service are told."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024


def default_readers() -> int:
    """Twice the processors, four at least: a query that waits for the disk idles one."""
    return max(4, 2 * (os.cpu_count() or 1))


@dataclass(frozen=True)
class ReaderSettings:
    """Limits are for each reader; `readers` counts those of SPARQL, `page_readers` the others.

    `held_bytes` is how much memory an edition may take that is held in memory; 0 for none.
    """

    store: Path
    base: str
    runtime: Path
    readers: int = 4
    page_readers: int = 2
    queue: int = 64
    query_timeout_s: float = 30.0
    reader_memory_bytes: int = 1024 * MIB
    write_timeout_s: float = 600.0
    writer_memory_bytes: int = 4096 * MIB
    answer_size_bytes: int = 1024 * MIB
    held_bytes: int = 0
    editions_kept: int = 5
    spool: str | None = None
    allowed_services: tuple[str, ...] = ()

    @property
    def board(self) -> Path:
        """The mapped file of slots."""
        return self.runtime / "board"

    @property
    def places(self) -> Path:
        """The mapped file of how many requests are under way."""
        return self.runtime / "places"

    def mailbox(self, lane: str) -> Path:
        """The socket that a lane's readers take requests from."""
        return self.runtime / f"{lane}.sock"

    def size(self, lane: str) -> int:
        """How many readers a lane has."""
        return {"page": self.page_readers, "query": self.readers}.get(lane, 1)

    def room(self, lane: str) -> int:
        """How many of a lane's requests may be under way: at a reader, or in the queue."""
        return self.size(lane) + self.queue

    def deadline_s(self, lane: str) -> float:
        """How long a lane's requests may take."""
        return self.write_timeout_s if lane == "write" else self.query_timeout_s


LANES = ("page", "query", "write")
