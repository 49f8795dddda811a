"""What a service or the command line has acknowledged is there after all of them were killed.

SHUANGMA_ROUNDS says how often they are killed.
"""

from __future__ import annotations

import csv
import os
import random
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.conftest import ROOT, SHUANGMA, Service, start
from tests.server.http import get, request

ROUNDS = int(os.environ.get("SHUANGMA_ROUNDS", "5"))
E = "http://e.example/"
TOKEN = "a-token-for-tests"
SIZE = 20_000
LONGEST_S = 1.5


@dataclass
class Told:
    """What clients have sent, and what of it was acknowledged."""

    updates: set[str] = field(default_factory=set)
    versions: list[int] = field(default_factory=list)
    acknowledged_version: int = 0
    batches: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))


def write(method: str, url: str, body: bytes, media_type: str) -> int:
    """A request by someone who may write; the status is 0 when no answer came."""
    headers = {"Content-Type": media_type, "Authorization": f"Bearer {TOKEN}"}
    try:
        return request(method, url, body, headers).status
    except (HTTPException, OSError):
        return 0


def send_updates(url: str, told: Told, begun: threading.Event) -> None:
    """Insert pairs of quads, one in each of two graphs, until the service is gone."""
    while True:
        name = f"{E}update/{next(told.numbers)}"
        text = (
            f"INSERT DATA {{ <{name}> <{E}left> 1 . "
            f"GRAPH <{E}updates> {{ <{name}> <{E}right> 1 }} }}"
        )
        status = write("POST", f"{url}/update", text.encode(), "application/sparql-update")
        if not status:
            return
        assert status == 200
        told.updates.add(name)
        begun.set()


def put_graphs(url: str, told: Told, begun: threading.Event) -> None:
    """Replace a graph by the next version of it, until the service is gone."""
    while True:
        version = next(told.numbers)
        told.versions.append(version)
        body = "".join(f"<{E}s{i}> <{E}version> {version} .\n" for i in range(SIZE))
        begun.set()
        address = f"{url}/store?graph={quote(f'{E}put', safe='')}"
        status = write("PUT", address, body.encode(), "text/turtle")
        if not status:
            return
        assert status in {200, 201, 204}
        told.acknowledged_version = version


@dataclass
class Loader:
    """`shuangma load`, again and again, in a process group of its own each time."""

    store: Path
    scratch: Path
    process: subprocess.Popen[bytes] | None = None
    stopped: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, told: Told, begun: threading.Event) -> None:
        while True:
            batch = f"{E}batch/{next(told.numbers)}"
            file = self.scratch / "batch.nt"
            file.write_text("".join(f'<{batch}> <{E}has> "{i}" .\n' for i in range(SIZE)))
            with self.lock:
                if self.stopped:
                    return
                self.process = subprocess.Popen(
                    [SHUANGMA, "load", file, "--graph", f"{E}load", "--store", self.store],
                    cwd=ROOT,
                    stdout=subprocess.PIPE,
                    start_new_session=True,
                )
            begun.set()
            output, _ = self.process.communicate()
            if output.startswith(b"Made edition"):
                told.batches.add(batch)

    def kill(self) -> None:
        with self.lock:
            self.stopped = True
            if self.process and self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)


def solutions(service: Service, query: str) -> list[list[str]]:
    answer = get(f"{service.url}/sparql?query={quote(query)}", accept="text/csv")
    assert answer.status == 200, answer.body
    return list(csv.reader(answer.body.decode().splitlines()))[1:]


def check(service: Service, told: Told) -> None:
    """All that was acknowledged is there, and nothing is there by half."""
    left = {s for (s,) in solutions(service, f"SELECT ?s {{ ?s <{E}left> 1 }}")}
    right = {
        s
        for (s,) in solutions(service, f"SELECT ?s {{ GRAPH <{E}updates> {{ ?s <{E}right> 1 }} }}")
    }
    assert left == right
    assert told.updates <= left
    versions = Counter(
        int(v)
        for (v,) in solutions(service, f"SELECT ?v {{ GRAPH <{E}put> {{ ?s <{E}version> ?v }} }}")
    )
    assert set(versions.values()) <= {SIZE}
    assert len(versions) <= 1
    if told.acknowledged_version:
        assert set(versions) <= {
            version for version in told.versions if version >= told.acknowledged_version
        }
        assert versions
    counted = f"SELECT ?b (COUNT(*) AS ?n) {{ GRAPH <{E}load> {{ ?b <{E}has> ?o }} }} GROUP BY ?b"
    batches = {batch: int(n) for batch, n in solutions(service, counted)}
    assert set(batches.values()) <= {SIZE}
    assert told.batches <= batches.keys()


@pytest.mark.timeout(120 + 60 * ROUNDS)
def test_all_that_was_acknowledged_is_there_after_a_kill_and_nothing_by_half(
    tmp_path: Path,
) -> None:
    store, tokens = tmp_path / "store", tmp_path / "tokens"
    tokens.write_text(TOKEN)
    (tmp_path / "empty.ttl").write_text("")
    subprocess.run(
        [SHUANGMA, "load", tmp_path / "empty.ttl", "--store", store], cwd=ROOT, check=True
    )
    told = Told()
    for number in range(ROUNDS + 1):
        service = start("--store", store, "--port", "0", "--token-file", tokens)
        try:
            check(service, told)
            if number == ROUNDS:
                break
            loader = Loader(store, tmp_path)
            work = [send_updates, put_graphs, loader.run]
            killed = work[number % len(work)]
            begun = {each: threading.Event() for each in (send_updates, killed)}
            threads = [
                threading.Thread(
                    target=each,
                    args=(told, event) if each == loader.run else (service.url, told, event),
                )
                for each, event in begun.items()
            ]
            for thread in threads:
                thread.start()
            assert all(event.wait(60) for event in begun.values())
            chance = random.Random(number)
            threads[0].join(chance.uniform(0, LONGEST_S))  # it does not end: time passes
            loader.kill()
        finally:
            service.kill()
        for thread in threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in threads)
    assert len(told.updates) > ROUNDS
