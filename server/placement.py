"""Keeps the threads that hand a request to one another on one processor.

The HTTP server's thread and the event loop's wake each other with each request. On one processor
that is a switch; across two it is an interrupt, which on a virtual machine costs more than what it
announces. Threads and programs with work of their own roam.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from graph.readers import processors


class Placement:
    """The processors that this process was given, and whether its event loop keeps to one."""

    def __init__(self) -> None:
        """Take note of where the calling thread may run now."""
        self._given = processors.given()
        self._lock: int | None = None  # held until this process ends
        self._own = self._given

    def settle(self, runtime: Path) -> None:
        """Keep the calling thread, and those that it starts, to a processor chosen for it."""
        self._lock = processors.take(runtime)
        self._own = processors.given()

    def roam(self) -> None:
        """Let the calling thread run on all of the process's processors."""
        if self._lock is not None:
            with suppress(OSError):
                os.sched_setaffinity(0, self._given)

    @contextmanager
    def roaming(self) -> Iterator[None]:
        """Let what is started meanwhile roam, whoever starts it."""
        self.roam()
        try:
            yield
        finally:
            if self._lock is not None:
                with suppress(OSError):
                    os.sched_setaffinity(0, self._own)
