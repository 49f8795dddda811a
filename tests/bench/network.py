"""How quickly the explorer's questions are answered on somebody else's data with hubs.

    python -m tests.bench.network [--size 1000000] [--store FOLDER] [--rounds 3] [--write]

A made-up graph that knows nothing of our ontology: things with a class, a label, a date and
links; forty hubs of 10,000 links each. One client asks, as one person clicks; each hub is
asked about for the first time once in a round, for a fresh service each. Nothing here asserts
a time.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from itertools import count, islice
from pathlib import Path
from urllib.parse import urlencode

import psutil

from tests.bench.driver import Load
from tests.bench.report import machine, markdown, plain, put_section
from tests.conftest import Service, run, start
from tests.engines.cache import CACHE, ignored
from tests.server.http import Answer, get, request

BASE = "https://bench.example/"
HUBS = 40
HUB_LINKS = 10_000
_TRIPLES_EACH = 8
_PREDICATES = 10
_CLASSES = 20
FOLDER = CACHE.parent / "bench"
_READY_S = 600
_METHOD = """\
Taken by `python -m tests.bench.network --write`: one client asks the service, as one person
clicks; a service of its own for each round, so that each hub is asked about for the first time
in it. CPU is what the service's processes used.
"""
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_DATE = "http://purl.org/dc/terms/date"
_XSD_DATE = "http://www.w3.org/2001/XMLSchema#date"


def lines(quads: int, seed: int = 1) -> Iterator[str]:
    """N-Triples without end: first the hubs' links, then things with links to each other."""
    below = random.Random(seed).random
    things = max(HUB_LINKS * 2, quads // _TRIPLES_EACH)
    for hub in range(HUBS):
        for number in range(HUB_LINKS):
            near, predicate = (number * 7 + hub * 31) % things + HUBS, number % _PREDICATES
            yield f"<{BASE}e{near}> <{BASE}p{predicate}> <{BASE}e{hub}> .\n"
    for number in count():
        thing = f"<{BASE}e{number}>"
        yield f"{thing} <{_TYPE}> <{BASE}T{number % _CLASSES}> .\n"
        yield f'{thing} <{_LABEL}> "thing {number}"@en .\n'
        day = f"{1900 + number % 120}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        yield f'{thing} <{_DATE}> "{day}"^^<{_XSD_DATE}> .\n'
        for _ in range(3):
            other, predicate = int(below() * things), int(below() * _PREDICATES)
            yield f"{thing} <{BASE}p{predicate}> <{BASE}e{other}> .\n"


def write(quads: int, folder: Path) -> Path:
    """A file of so many triples, made in `folder` unless it is there."""
    path = folder / f"hubs-{quads}.nt"
    if not path.exists():
        ignored(folder)
        part = path.with_suffix(".part")
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(islice(lines(quads), quads))
        part.rename(path)
    return path


def _post(url: str, body: object) -> Answer:
    head = {"Content-Type": "application/json"}
    return request("POST", url, json.dumps(body).encode(), head)


def wait_for_index(service: Service) -> float:
    """Seconds until neighbours come by degree, which the index tells."""
    started = time.monotonic()
    while time.monotonic() - started < _READY_S:
        found = _post(f"{service.url}/api/neighbours", {"iri": f"{BASE}e50", "limit": 1})
        if found.status == 200 and json.loads(found.body)["order"] == "degree":
            return time.monotonic() - started
        time.sleep(0.5)  # the service says no more than that it is not ready
    raise SystemExit("The index was not made in time.")


class Clock:
    """Latencies by what was asked, and the processor time that the service took for it.

    On a machine that others use too, the latter tells more: of two cores, one does the work.
    """

    def __init__(self) -> None:
        self.loads: dict[str, Load] = defaultdict(Load)
        self.busy: dict[str, float] = defaultdict(float)
        self.service: psutil.Process | None = None

    def _busy_s(self) -> float:
        assert self.service is not None
        total = 0.0
        for process in (self.service, *self.service.children(recursive=True)):
            with suppress(psutil.Error):
                used = process.cpu_times()
                total += used.user + used.system
        return total

    def time(self, name: str, url: str, body: object = None) -> dict[str, object]:
        before = self._busy_s()
        began = time.perf_counter()
        answer = get(url) if body is None else _post(url, body)
        self.loads[name].latencies.append(time.perf_counter() - began)
        self.busy[name] += max(0.0, self._busy_s() - before)
        assert answer.status == 200, (name, answer.status, answer.body[:500])
        found: dict[str, object] = json.loads(answer.body)
        return found

    def table(self) -> list[list[str]]:
        """A heading, then a line for each thing asked."""
        lines = [["", "asked", "p50 ms", "p95 ms", "most ms", "CPU ms, mean"]]
        for name, load in self.loads.items():
            asked = len(load.latencies)
            times = (load.percentile(50), load.percentile(95), max(load.latencies))
            told = (*times, self.busy[name] / asked)
            lines.append([name, str(asked), *(f"{1000 * each:,.0f}" for each in told)])
        return lines


def measure(url: str, clock: Clock, hubs: int) -> None:
    """One round: the first view, then around each hub, then paths between some."""
    clock.time("the first view, not asked for before", f"{url}/api/network")
    clock.time("the first view, again", f"{url}/api/network")
    for number in range(hubs):
        hub = f"{BASE}e{number}"
        asked = urlencode({"iri": hub})
        clock.time("connections of a hub, for the first time", f"{url}/api/connections?{asked}")
        page: dict[str, object] = {"iri": hub}
        for name in ("first 20 neighbours of a hub", "next 20", "next 20"):
            found = clock.time(name, f"{url}/api/neighbours", page)
            nodes = found["nodes"]
            assert isinstance(nodes, list) and len(nodes) == 20 and found["order"] == "degree"
            there = page.get("exclude", [])
            places = page.get("places", {hub: [0, 0]})
            assert isinstance(there, list) and isinstance(places, dict)
            page = {
                "iri": hub,
                "exclude": [*there, *(node["id"] for node in nodes)],
                "places": places | {node["id"]: [node["x"], node["y"]] for node in nodes},
            }
        by_date = {"iri": hub, "order": "date"}
        clock.time("first 20 by date", f"{url}/api/neighbours", by_date)
        things = {"things": page["exclude"]}
        clock.time("a view of 60 things", f"{url}/api/view", things)
    for number in range(0, hubs - 1, 4):
        ends = urlencode({"from": f"{BASE}e{number}", "to": f"{BASE}e{number + 1}"})
        clock.time("paths between two hubs", f"{url}/api/paths?{ends}")
        ends = urlencode({"from": f"{BASE}e{number + 500}", "to": f"{BASE}e{number + 9000}"})
        clock.time("paths between two others", f"{url}/api/paths?{ends}")
        pair = urlencode([("iri", f"{BASE}e{number}"), ("iri", f"{BASE}e{number + 1}")])
        clock.time("what connects two hubs", f"{url}/api/connecting?{pair}")


def main() -> None:
    parser = argparse.ArgumentParser("python -m tests.bench.network", description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000, help="Triples.")
    parser.add_argument("--store", type=Path, help="A store that holds them already.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--hubs", type=int, default=HUBS)
    parser.add_argument("--write", action="store_true", help="Write the figures into the docs.")
    given = parser.parse_args()
    told = (
        f"{given.size:,} triples, {HUBS} hubs of {HUB_LINKS:,} links; {machine()}; "
        f"load average at the start {os.getloadavg()[0]:.1f}."
    )
    print(told, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        store = given.store or Path(folder) / "store"
        if given.store is None:
            loaded = run("load", write(given.size, FOLDER), "--store", store)
            if loaded.returncode:
                sys.exit(loaded.stderr)
        clock = Clock()
        for _ in range(given.rounds):
            service = start("--store", store, "--port", "0")
            try:
                print(f"The index is ready after {wait_for_index(service):.0f} s.", flush=True)
                clock.service = psutil.Process(service.process.pid)
                measure(service.url, clock, given.hubs)
            finally:
                service.stop()
    print(plain(clock.table()))
    if given.write:
        put_section("The network", f"{told}\n\n{markdown(clock.table())}\n\n{_METHOD}")


if __name__ == "__main__":
    main()
