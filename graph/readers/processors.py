"""Which processors a service's event loops keep to, and who keeps off those.

They are chosen before anything is started, and stand as files in the service's runtime folder:
a worker locks the one that it takes. Where a thread may run is inherited by what it starts
(sched_setaffinity(2), on Linux; elsewhere none is ever chosen).
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

_PREFIX = "processor-"


def given() -> set[int]:
    """The processors that the calling thread may run on; none where the system does not say."""
    return set(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else set()


def choose(runtime: Path, workers: int) -> None:
    """Choose one for each worker, where that leaves any to the readers."""
    known = sorted(given())
    if workers >= len(known):
        return
    first = os.getpid() % len(known)  # of several services not all the same
    for processor in (known[first:] + known[:first])[:workers]:
        (runtime / f"{_PREFIX}{processor}").touch()


def chosen(runtime: Path) -> list[int]:
    """Those that were chosen."""
    return sorted(int(path.name.removeprefix(_PREFIX)) for path in runtime.glob(f"{_PREFIX}*"))


def take(runtime: Path) -> int | None:
    """Keep the calling thread, and those that it starts, to one that no other process took.

    Returns the descriptor of the lock, which holds while it is open; None when there is none.
    """
    for processor in chosen(runtime):
        lock = os.open(runtime / f"{_PREFIX}{processor}", os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.sched_setaffinity(0, {processor})
        except OSError:  # taken, or switched off
            os.close(lock)
        else:
            return lock
    return None


def keep_off(runtime: Path) -> None:
    """Keep the calling process off all that were chosen."""
    others = given().difference(chosen(runtime))
    if others:
        with suppress(OSError):
            os.sched_setaffinity(0, others)
