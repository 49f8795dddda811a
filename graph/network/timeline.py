"""What happened when: things with a date, at the precision that the date has."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal

from pyoxigraph import Literal as RdfLiteral
from pyoxigraph import NamedNode

from graph.engine import Engine, Solution
from graph.network.link import PREFIXES, RECORDS, rows
from graph.network.thing import DATE_PREDICATES

Precision = Literal["year", "month", "day", "time"]

EVENT_LIMIT = 2_000
_END_PREDICATES = (
    "https://schema.org/endDate",
    "http://schema.org/endDate",
    "http://www.w3.org/ns/prov#endedAtTime",
)
_DATED = """
SELECT ?thing ?predicate ?date WHERE {
  VALUES ?predicate { %s } ?thing ?predicate ?date .
  FILTER(isIRI(?thing) && isLiteral(?date))
  FILTER NOT EXISTS { ?thing a ?kind FILTER(?kind IN %s) }
}
LIMIT %d
"""
_ANY_DATED = """
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT ?thing ?predicate ?date WHERE {
  ?thing ?predicate ?date .
  FILTER(isIRI(?thing) && isLiteral(?date)
    && DATATYPE(?date) IN (xsd:date, xsd:dateTime, xsd:gYearMonth, xsd:gYear))
  FILTER NOT EXISTS { ?thing a ?kind FILTER(?kind IN %s) }
}
LIMIT %d
"""
_SAID = """
SELECT ?thing ?statement WHERE {
  VALUES ?predicate { %s }
  ?statement rdf:predicate ?predicate ; rdf:subject ?thing ; a sm:Statement %s .
  FILTER(isIRI(?statement))
}
LIMIT 20000
"""
# XSD 1.1 part 2, 3.3: a zone may follow each of them.
_ZONE = r"(?:Z|[+-]\d\d:\d\d)?"
_SHAPES: tuple[tuple[Precision, re.Pattern[str]], ...] = (
    ("year", re.compile(rf"(-?\d{{4,9}}){_ZONE}")),
    ("month", re.compile(rf"(-?\d{{4,9}}-\d\d){_ZONE}")),
    ("day", re.compile(rf"(-?\d{{4,9}}-\d\d-\d\d){_ZONE}")),
    ("time", re.compile(rf"(-?\d{{4,9}}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?{_ZONE})")),
)


@dataclass
class Dated:
    """A thing with a date; `end` where it went on, `statements` where they say so."""

    iri: str
    start: str
    precision: Precision
    end: str | None = None
    statements: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Timeline:
    """Dated things in the order of their dates; not `complete` where there are more."""

    events: list[Dated]
    complete: bool


def precision_of(date: str) -> tuple[str, Precision] | None:
    """A date without its zone, and how precise it is; None for a text that is no date.

    >>> precision_of("2014-05")
    ('2014-05', 'month')
    """
    for precision, shape in _SHAPES:
        if match := shape.fullmatch(date):
            return match[1], precision
    return None


def timeline_of(engine: Engine, namespace: str, article: str | None = None) -> Timeline:
    """The things that begin at a date or bear one; of one article, those it dates."""
    prefixes = PREFIXES % namespace
    predicates = " ".join(f"<{each}>" for each in (*DATE_PREDICATES, *_END_PREDICATES))
    dated = _DATED % (predicates, RECORDS, EVENT_LIMIT + 1)
    found = engine.select(prefixes + dated)
    if not any(row["predicate"].value in DATE_PREDICATES for row in found) and not article:
        found = engine.select(prefixes + _ANY_DATED % (RECORDS, EVENT_LIMIT + 1))
    where = f"; sm:article {NamedNode(article)}" if article else ""
    statements: dict[str, list[str]] = defaultdict(list)
    for thing, statement in rows(engine, prefixes + _SAID % (predicates, where)):
        statements[thing].append(statement)
    events = [each for each in _events(found) if not article or each.iri in statements]
    for each in events:
        each.statements = sorted(statements.get(each.iri, ()))
    events.sort(key=lambda each: (_sortable(each.start), each.end or "", each.iri))
    return Timeline(events, len(found) <= EVENT_LIMIT)


def _events(found: list[Solution]) -> list[Dated]:
    """One event for each thing, by the first predicate that gives a date."""
    starts: dict[str, tuple[int, str, Precision]] = {}
    ends: dict[str, str] = {}
    for row in found:
        date = row["date"]
        told = precision_of(date.value) if isinstance(date, RdfLiteral) else None
        if told is None:
            continue
        thing, predicate = row["thing"].value, row["predicate"].value
        if predicate in _END_PREDICATES:
            ends[thing] = max(ends.get(thing, told[0]), told[0])
            continue
        known = predicate in DATE_PREDICATES
        rank = DATE_PREDICATES.index(predicate) if known else len(DATE_PREDICATES)
        entry = rank, told[0], told[1]
        starts[thing] = min(starts.get(thing, entry), entry)
    return [
        Dated(thing, start, precision, ends.get(thing))
        for thing, (_, start, precision) in starts.items()
    ]


def _sortable(date: str) -> tuple[int, str]:
    sign = -1 if date.startswith("-") else 1
    year, _, rest = date.lstrip("-").partition("-")
    return sign * int(year), rest
