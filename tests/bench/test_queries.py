"""The queries are valid, have answers, and do not repeat."""

from __future__ import annotations

from itertools import islice
from urllib.parse import unquote

import pyoxigraph
import pytest

from tests.bench import generator
from tests.bench.points import REPEATED
from tests.bench.queries import CLASSES

_QUADS = 30_000
# How many queries it takes to meet each kind, and for points things that have what is asked for.
_ENOUGH = {"fresh": 120, "exploration": 52, "analytic": 14, "rows": 3, "export": 4}


@pytest.fixture(scope="module")
def news(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[pyoxigraph.Store, generator.Census]:
    path, census = generator.write(_QUADS, tmp_path_factory.mktemp("news"))
    store = pyoxigraph.Store()
    store.bulk_load(path=path)
    return store, census


@pytest.mark.parametrize("name", _ENOUGH)
def test_every_kind_of_query_finds_something(
    name: str, news: tuple[pyoxigraph.Store, generator.Census]
) -> None:
    store, census = news
    found: dict[str, int] = {}
    for query in islice(CLASSES[name](census).queries(), _ENOUGH[name]):
        answer = store.query(query.text, use_default_graph_as_union=True)
        assert not isinstance(answer, pyoxigraph.QueryBoolean)
        found[query.name] = found.get(query.name, 0) + sum(1 for _ in answer)
    assert all(found.values()), found


@pytest.mark.parametrize("name", [name for name in CLASSES if name != "repeated"])
def test_no_query_is_asked_twice(name: str) -> None:
    census = generator.Census(100_000, 1200, 1500, 1000, 1, 10_000, 333)
    asked = [query.body for query in islice(CLASSES[name](census).queries(), 100_000)]
    assert len(set(asked)) == len(asked)


def test_repeated_queries_are_twenty() -> None:
    census = generator.Census.of(100_000)
    asked = [query.body for query in islice(CLASSES["repeated"](census).queries(), 1000)]
    assert len(set(asked)) == REPEATED


@pytest.mark.parametrize("name", CLASSES)
def test_a_query_survives_its_way_through_a_url(name: str) -> None:
    census = generator.Census(100_000, 1200, 1500, 1000, 1, 10_000, 333)
    for query in islice(CLASSES[name](census).queries(), 40):
        assert b" " not in query.encoded and b"#" not in query.encoded
        assert unquote(query.encoded.decode()) == query.text
