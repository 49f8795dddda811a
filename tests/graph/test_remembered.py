"""Solutions that are remembered: asked for once, of each edition, within a bound."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

import pytest
from pyoxigraph import Literal, NamedNode

from graph.engine import Engine, Solution, Term
from graph.errors import InvalidQuery
from graph.oxigraph import OxigraphEngine
from graph.remembered import Recollection, RememberingEngine
from graph.store import EditionStore
from tests.graph.stores import publish

_ALL = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 50"
_MIB = 1024 * 1024


@pytest.fixture
def engine(store: EditionStore) -> Engine:
    publish(store, 1, count=100)
    return store.engine()


def test_solutions_are_asked_for_once(engine: Engine) -> None:
    remembering = RememberingEngine(engine, "1", Recollection(_MIB))
    first, second = remembering.select(_ALL), remembering.select(_ALL)
    assert first == engine.select(_ALL)
    assert len(first) == 50
    assert all(a is b for a, b in zip(first, second, strict=True))
    assert first is not second, "whoever sorts the one would sort the other"


def test_each_term_is_asked_for_by_itself(engine: Engine) -> None:
    remembering = RememberingEngine(engine, "1", Recollection(_MIB))
    told = "SELECT ?s ?p { ?s ?p $o }"
    assert remembering.select(told, o=Literal("1 7")) == engine.select(told, o=Literal("1 7"))
    assert len(remembering.select(told, o=Literal("1 7"))) == 1
    assert remembering.select(told, o=Literal("2 7")) == []


def test_another_version_of_an_edition_is_asked_anew(engine: Engine) -> None:
    recollection = Recollection(_MIB)
    (old, *_), (new, *_) = (
        RememberingEngine(engine, version, recollection).select(_ALL) for version in ("1 a", "1 b")
    )
    assert old == new
    assert old is not new


def test_what_is_too_large_is_answered_and_not_kept(engine: Engine) -> None:
    remembering = RememberingEngine(engine, "1", Recollection(1000))
    first, second = remembering.select(_ALL), remembering.select(_ALL)
    assert first == second
    assert first[0] is not second[0]


def test_those_that_were_asked_for_longest_ago_go(engine: Engine) -> None:
    recollection = Recollection(200_000)
    remembering = RememberingEngine(engine, "1", recollection)
    first = remembering.select(_ALL)
    for offset in range(10):
        remembering.select(_ALL + f" OFFSET {offset}")
    assert 0 < recollection.size_bytes <= 200_000
    assert remembering.select(_ALL)[0] is not first[0]


def test_what_is_not_found_takes_room_too(engine: Engine) -> None:
    recollection = Recollection(10_000)
    remembering = RememberingEngine(engine, "1", recollection)
    for number in range(100):
        assert remembering.select("SELECT * { $s ?p ?o }", s=NamedNode(f"urn:{number}")) == []
    assert 5_000 < recollection.size_bytes <= 10_000


def test_an_error_is_told_each_time(engine: Engine) -> None:
    remembering = RememberingEngine(engine, "1", Recollection(_MIB))
    for _ in range(2):
        with pytest.raises(InvalidQuery):
            remembering.select("SELECT")
    assert len(remembering.select(_ALL)) == 50


def test_those_who_ask_at_once_get_one_answer(engine: Engine) -> None:
    remembering = RememberingEngine(engine, "1", Recollection(_MIB))
    together = Barrier(8)

    def ask(_: int) -> int:
        together.wait()
        return id(remembering.select(_ALL)[0])

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(ask, range(8)))) == 1


class Late(OxigraphEngine):
    """An engine whose solutions take a while."""

    asked = 0

    def select(self, query: str, **terms: Term) -> list[Solution]:
        self.asked += 1
        sleep(0.5)
        return super().select(query, **terms)


def test_those_who_wait_are_told_the_same_error(store: EditionStore) -> None:
    publish(store, 1)
    with store.open() as opened:
        late = Late(opened.database, "1")
        remembering = RememberingEngine(late, "1", Recollection(_MIB))
        together = Barrier(8)

        def ask(_: int) -> str:
            together.wait()
            with pytest.raises(InvalidQuery) as told:
                remembering.select("SELECT")
            return str(told.value)

        with ThreadPoolExecutor(8) as threads:
            assert len(set(threads.map(ask, range(8)))) == 1
        assert late.asked == 1
