"""Keeps the threads that hand a request to one another on one processor.

The HTTP server's thread and the event loop's wake each other with each request. On one processor
that is a switch; across two it is an interrupt, which on a virtual machine costs more than what it
announces. Where a thread may run is inherited by what it starts (sched_setaffinity(2), on
Linux; elsewhere none of this has an effect): threads and programs with work of their own roam.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Placement:
    """The processors that this process was given, and the one that its event loop keeps to."""

    def __init__(self) -> None:
        """Take note of where the calling thread may run now."""
        given = getattr(os, "sched_getaffinity", lambda _: ())(0)
        self._given = sorted(given)
        self._lock = -1

    @property
    def processors(self) -> int:
        """How many this process was given; 0 where the system does not say."""
        return len(self._given)

    def settle(self, runtime: Path) -> None:
        """Keep the calling thread, and those that it starts, on a processor of their own.

        No other worker of the service, whose runtime folder this is, takes the same; who finds
        none goes on roaming.
        """
        if not self._given:
            return
        first = os.getppid() % len(self._given)  # of several services not all the same
        for processor in self._given[first:] + self._given[:first]:
            lock = os.open(runtime / f"processor-{processor}", os.O_CREAT | os.O_RDWR)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.sched_setaffinity(0, {processor})
            except OSError:  # taken, or switched off
                os.close(lock)
            else:
                self._lock = lock  # until this process ends
                return

    def roam(self) -> None:
        """Let the calling thread run on all of the process's processors."""
        if self._lock >= 0:
            with suppress(OSError):
                os.sched_setaffinity(0, self._given)

    @contextmanager
    def roaming(self) -> Iterator[None]:
        """Let what is started meanwhile roam, whoever starts it."""
        if self._lock < 0:
            yield
            return
        own = os.sched_getaffinity(0)
        self.roam()
        try:
            yield
        finally:
            with suppress(OSError):
                os.sched_setaffinity(0, own)
