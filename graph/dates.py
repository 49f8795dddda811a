"""When things happened: the dated ones among some, each at its own precision.

Knows literals that are dates, in whichever property they stand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from pyoxigraph import Literal, NamedNode

from graph.engine import Engine
from graph.label import name_from
from graph.readable import Span, span_of

JSON = dict[str, Any]

THINGS_READ = 500
EVENTS_SHOWN = 60

_DATED = """
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT DISTINCT ?thing ?p ?date WHERE {
  VALUES ?thing { %s }
  ?thing ?p ?date
  FILTER(isLiteral(?date) && DATATYPE(?date) IN (xsd:date, xsd:dateTime, xsd:gYear, xsd:gYearMonth))
} ORDER BY ?thing ?p ?date LIMIT 2000
"""

# The local names by which vocabularies tell the beginning of something from its end.
_BEGINS = frozenset({"startDate", "startedAtTime", "hasBeginning", "birthDate", "foundingDate"})
_ENDS = frozenset({"endDate", "endedAtTime", "hasEnd", "deathDate", "dissolutionDate"})


def dated_things(engine: Engine, nodes: Iterable[NamedNode]) -> list[JSON]:
    """The dates of these things, the earliest first, a beginning and its end as one.

    Each has `iri`, `predicate` (of the beginning or only date), `start`, `end` and `precision`
    as told, and `first` and `last` in days from the year 1.
    """
    wanted = list(dict.fromkeys(nodes))[:THINGS_READ]
    if not wanted:
        return []
    told: dict[str, dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for row in engine.select(_DATED % " ".join(map(str, wanted))):
        date = row["date"]
        span = span_of(date) if isinstance(date, Literal) else None
        if span:
            told[row["thing"].value][row["p"].value].append(span)
    found = [each for iri, dates in told.items() for each in _of_thing(iri, dates)]
    found.sort(key=lambda each: (each["first"], each["last"], each["iri"]))
    return found[:EVENTS_SHOWN]


def _of_thing(iri: str, dates: dict[str, list[Span]]) -> list[JSON]:
    begins = [p for p in sorted(dates) if name_from(p) in _BEGINS]
    ends = [p for p in sorted(dates) if name_from(p) in _ENDS]
    if len(begins) == len(ends) == 1 and len(dates[begins[0]]) == len(dates[ends[0]]) == 1:
        start, end = dates.pop(begins[0])[0], dates.pop(ends[0])[0]
        paired = [_event(iri, begins[0], start, end)] if start.first <= end.last else []
    else:
        paired = []
    alone = [_event(iri, p, span, None) for p, spans in sorted(dates.items()) for span in spans]
    return paired + alone


def _event(iri: str, predicate: str, start: Span, end: Span | None) -> JSON:
    return {
        "iri": iri,
        "predicate": predicate,
        "plain": name_from(predicate) in _BEGINS,
        "start": start.lexical,
        "end": end.lexical if end and end.lexical != start.lexical else None,
        "precision": start.precision,
        "first": start.first,
        "last": max(start.last, end.last) if end else start.last,
    }
