"""Whether all engines give the same solutions, before any of them is timed.

Solutions are compared as multisets, numbers by value to nine digits, since engines differ
in the datatype and the precision of a sum or a mean. Triples are compared as sets. Where
a LIMIT cuts anywhere, how many solutions there are must agree.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import islice

import pyoxigraph

from tests.bench.generator import XSD, Census
from tests.bench.points import REPEATED, point
from tests.bench.queries import CLASSES
from tests.bench.query import TRIPLES, Query
from tests.engines import Engine

_SAMPLE = {
    "fresh": 60,
    "repeated": REPEATED,
    "exploration": 26,
    "analytic": 14,
    "rows": 3,
    "export": 4,
}
_NUMBERS = {f"{XSD}{name}" for name in ("integer", "int", "long", "decimal", "double", "float")}


class Disagreement(Exception):
    """Two engines answer the same query differently."""


def sample(census: Census, names: Iterable[str]) -> Iterator[Query]:
    """Some queries of these classes: each kind of query once at least."""
    for name in names:
        yield from islice(CLASSES[name](census).queries(), _SAMPLE[name])
    # Others than those that are timed first, and than the first subjects.
    yield from islice(point(census).queries(census.quads * 3), _SAMPLE["fresh"])


def check(engines: Sequence[Engine], queries: Iterable[Query]) -> int:
    """How many queries all engines agree on. Raises `Disagreement` at the first they do not."""
    agreed = 0
    for query in queries:
        first, *others = engines
        expected = answer(first, query)
        for other in others:
            found = answer(other, query)
            if found != expected:
                raise Disagreement(
                    f"{query.name}\n{query.text}\n"
                    f"{first.name}, alone: {_some(expected - found)}\n"
                    f"{other.name}, alone: {_some(found - expected)}"
                )
        agreed += 1
    return agreed


def _some(solutions: Counter[Hashable]) -> str:
    return f"{solutions.total()} such as {list(islice(solutions.items(), 3))}"


def answer(engine: Engine, query: Query) -> Counter[Hashable]:
    """What an engine says, in a form that is the same for all of them."""
    body = engine.query(query.text, query.accept)
    if query.accept == TRIPLES:
        return Counter(
            (str(triple.subject), str(triple.predicate), _canonical(triple.object))
            for triple in set(pyoxigraph.parse(body, format=pyoxigraph.RdfFormat.N_TRIPLES))
        )
    document = json.loads(body)
    solutions = document["results"]["bindings"]
    if query.cut:
        return Counter({("solutions", tuple(sorted(document["head"]["vars"]))): len(solutions)})
    return Counter(
        frozenset((name, _bound(term)) for name, term in solution.items()) for solution in solutions
    )


def _bound(term: dict[str, str]) -> Hashable:
    if term["type"] == "uri":
        return term["value"]
    return _literal(term["value"], term.get("xml:lang", ""), term.get("datatype", ""))


def _canonical(term: object) -> Hashable:
    if isinstance(term, pyoxigraph.Literal):
        return _literal(term.value, term.language or "", term.datatype.value)
    return str(term)


def _literal(value: str, language: str, datatype: str) -> Hashable:
    if datatype in _NUMBERS:
        return f"{float(value):.9g}"
    if language or datatype in ("", f"{XSD}string"):
        return value, language.lower()
    return value, datatype
