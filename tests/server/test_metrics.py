"""What `/metrics` tells, of all workers, where it is switched on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.server.http import get, request
from tests.server.scratch import COUNT, CROSS_PRODUCT, Scratch, serving

_DATA = "<urn:s> <urn:p> <urn:o> ."
Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(scope="module")
def metered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    folder = tmp_path_factory.mktemp("metered")
    with serving(
        folder, _DATA, "--metrics", "on", "--workers", "2", "--query-timeout", "2"
    ) as scratch:
        yield scratch


def figures(scratch: Scratch) -> Figures:
    """The value of each figure, by its name and labels."""
    answer = get(f"{scratch.url}/metrics", "*/*")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.body.decode())
        for sample in family.samples
    }


def requests(scratch: Scratch, **labels: str) -> float:
    wanted = set(labels.items())
    return sum(
        value
        for (name, told), value in figures(scratch).items()
        if name == "shuangma_requests_total" and wanted <= told
    )


def comes_to(wanted: float, read: Callable[[], float]) -> bool:
    """Whether a figure is so, or soon: what happened is counted when its answer is gone."""
    patience = time.monotonic() + 5
    while (found := read()) != wanted and time.monotonic() < patience:
        time.sleep(0.05)
    return found == wanted


def test_requests_of_all_workers_are_counted(metered: Scratch) -> None:
    before = requests(metered, endpoint="sparql", method="GET", status="200")
    for _ in range(20):  # each on a connection of its own: both workers have some
        assert metered.query(COUNT).status == 200
    answered = partial(requests, metered, endpoint="sparql", method="GET", status="200")
    assert comes_to(before + 20, answered)
    found = figures(metered)
    seconds = frozenset({("endpoint", "sparql")})
    assert found["shuangma_request_seconds_count", seconds] >= 20
    assert found["shuangma_request_seconds_sum", seconds] > 0


def test_what_was_refused_is_told_by_its_status(metered: Scratch) -> None:
    for text, status in (("SELECT", "400"), (CROSS_PRODUCT, "504")):
        before = requests(metered, endpoint="sparql", status=status)
        assert str(metered.query(text).status) == status
        assert comes_to(before + 1, partial(requests, metered, endpoint="sparql", status=status))


def test_a_write_is_seen_in_edition_and_quads(metered: Scratch) -> None:
    nothing: frozenset[tuple[str, str]] = frozenset()
    before = figures(metered)
    assert metered.update("INSERT DATA { <urn:a> <urn:b> <urn:c> , <urn:d> }").status == 200
    after = figures(metered)
    assert after["shuangma_edition", nothing] == before["shuangma_edition", nothing] + 1
    assert after["shuangma_quads", nothing] == before["shuangma_quads", nothing] + 2


def test_busy_readers_are_told(metered: Scratch) -> None:
    lane = frozenset({("lane", "query")})
    assert figures(metered)["shuangma_readers", lane] >= 4
    asking = threading.Thread(target=metered.query, args=(CROSS_PRODUCT,))
    asking.start()

    def busy() -> float:
        return figures(metered)["shuangma_readers_busy", lane]

    try:
        assert comes_to(1, busy)
    finally:
        asking.join()
    assert comes_to(0, busy)


def test_hostile_paths_and_methods_make_no_new_labels(metered: Scratch) -> None:
    for path in ("/%22%0A", "/x{y=1}", "/sparqlx", "/.well-known/none"):
        get(f"{metered.url}{path}", "*/*")
    request("BREW", f"{metered.url}/sparql")
    assert comes_to(1, partial(requests, metered, method="other"))
    told = {dict(labels).get("endpoint") for _, labels in figures(metered)} - {None}
    methods = {dict(labels).get("method") for _, labels in figures(metered)} - {None}
    assert told <= {
        "sparql",
        "update",
        "store",
        "api",
        "static",
        "export",
        "data",
        "article",
        "page",
    }
    assert methods <= {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "other"}


def test_it_is_read_and_nothing_else(metered: Scratch) -> None:
    head = request("HEAD", f"{metered.url}/metrics")
    assert (head.status, head.body) == (200, b"")
    assert "Access-Control-Allow-Origin" not in head.headers, "not for pages of other sites"
    refused = request("POST", f"{metered.url}/metrics")
    assert refused.status == 405
    assert refused.headers["Allow"] == "GET, HEAD"


def test_it_is_off_unless_it_is_wanted(tmp_path: Path) -> None:
    with serving(tmp_path, _DATA) as scratch:
        assert get(f"{scratch.url}/metrics", "*/*").status == 404
