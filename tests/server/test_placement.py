"""The threads that hand a request to one another keep to one processor; the others roam."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from graph.readers import processors
from server.placement import Placement
from tests.server.http import get
from tests.server.scratch import Scratch, serving

_T = TypeVar("_T")
GIVEN = getattr(os, "sched_getaffinity", lambda _: set[int]())(0)
pytestmark = pytest.mark.skipif(len(GIVEN) < 2, reason="this process has one processor")
TELL = "import os; print(sorted(os.sched_getaffinity(0)))"


def apart(work: Callable[[], _T]) -> _T:
    """What a thread of its own makes of it: where a thread may run goes with the thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def settled(placement: Placement, runtime: Path) -> set[int]:
    placement.settle(runtime)
    return os.sched_getaffinity(0)


def test_workers_settle_on_processors_of_their_own_while_there_are_any(tmp_path: Path) -> None:
    processors.choose(tmp_path, len(GIVEN) - 1)
    placements = [Placement() for _ in range(len(GIVEN))]
    *found, last = [apart(partial(settled, each, tmp_path)) for each in placements]
    assert [len(each) for each in found] == [1] * (len(GIVEN) - 1)
    assert sorted(set().union(*found)) == processors.chosen(tmp_path)
    assert last == GIVEN  # one more than were chosen


def test_no_processor_is_chosen_where_workers_would_fill_all(tmp_path: Path) -> None:
    processors.choose(tmp_path, len(GIVEN))
    assert processors.chosen(tmp_path) == []
    assert apart(partial(settled, Placement(), tmp_path)) == GIVEN


def test_what_a_settled_thread_starts_roams_where_it_is_meant_to(tmp_path: Path) -> None:
    processors.choose(tmp_path, 1)

    def look() -> None:
        placement = Placement()
        own = settled(placement, tmp_path)
        with placement.roaming():
            told = subprocess.run(
                [sys.executable, "-c", TELL], capture_output=True, text=True, check=True
            )
        assert told.stdout.strip() == str(sorted(GIVEN))
        assert os.sched_getaffinity(0) == own
        with ExitStack() as first, ExitStack() as second:  # two that begin before one has ended
            for each in (first, second):
                each.enter_context(placement.roaming())
            first.close()
        assert os.sched_getaffinity(0) == own
        with ThreadPoolExecutor(1, initializer=placement.roam) as thread:
            assert thread.submit(os.sched_getaffinity, 0).result() == GIVEN

    apart(look)


SOON_S = 20
WIRE = "tokio-rt-worker"


def places(scratch: Scratch) -> list[dict[str, list[set[int]]]]:
    """Where each worker's threads may run, by their name; the event loop's is its first."""
    workers = []
    for process in psutil.Process(scratch.service.process.pid).children():
        found: dict[str, list[set[int]]] = {}
        with suppress(psutil.Error, OSError):  # a process or thread that just ended
            for task in sorted(each.id for each in process.threads()):
                name = Path(f"/proc/{process.pid}/task/{task}/comm").read_text().strip()
                found.setdefault(name, []).append(os.sched_getaffinity(task))
        if WIRE in found:
            workers.append(found)
    return workers


def readers_of(scratch: Scratch) -> list[psutil.Process]:
    """The processes that the keeper has forked: two for pages, some for queries, one for writes."""
    for process in psutil.Process(scratch.service.process.pid).children():
        with suppress(psutil.ZombieProcess):
            if "graph.readers" in process.cmdline():
                return process.children()
    raise AssertionError


@pytest.mark.parametrize("affinity", ["on", "off"])
def test_the_event_loop_and_the_http_server_share_a_processor(
    tmp_path: Path, affinity: str
) -> None:
    with serving(tmp_path, "", affinity=affinity) as scratch:
        assert scratch.query("ASK {}").status == 200
        assert get(f"{scratch.url}/").status == 200
        (found,) = places(scratch)
        readers = [os.sched_getaffinity(each.pid) for each in readers_of(scratch)]
    loop, *others = found["python"]
    if affinity == "on":
        assert len(loop) == 1
        assert found[WIRE] == [loop]
        assert GIVEN in others  # those that make pages
        assert {frozenset(each) for each in readers} == {frozenset(GIVEN), frozenset(GIVEN - loop)}
        assert readers.count(GIVEN) == 4  # of the pages, of writes, and one of queries
    else:
        assert all(each == GIVEN for each in readers)
        assert all(each == GIVEN for each in [loop, *others, *found[WIRE]])


def test_workers_roam_where_they_would_fill_all_processors(tmp_path: Path) -> None:
    with serving(tmp_path, "", "--workers", str(len(GIVEN))) as scratch:
        deadline = time.monotonic() + SOON_S
        while len(workers := places(scratch)) < len(GIVEN):  # the last may still be starting
            assert time.monotonic() < deadline
    assert all(found[WIRE] == [GIVEN] for found in workers)
