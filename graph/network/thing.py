"""What the network says of each thing: class, kind, date, number, camp and name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock

from cachetools import LRUCache

from graph.engine import Engine
from graph.label import labels_of, name_from
from graph.network.link import PREFIXES, rows, values

_KEPT = 50_000
# What a thing's day is called elsewhere; `schema:startDate` goes before.
DATE_PREDICATES = (
    "https://schema.org/startDate",
    "http://schema.org/startDate",
    "http://www.w3.org/ns/prov#startedAtTime",
    "http://purl.org/dc/terms/date",
    "http://purl.org/dc/elements/1.1/date",
    "http://purl.org/dc/terms/issued",
    "http://purl.org/dc/terms/created",
    "https://schema.org/datePublished",
    "http://schema.org/datePublished",
    "https://schema.org/dateCreated",
    "http://schema.org/dateCreated",
)

_CLASSES = "SELECT DISTINCT ?thing ?class WHERE { VALUES ?thing { %s } ?thing a ?class }"
_ABOVE = """
SELECT DISTINCT ?c ?d WHERE {
  VALUES ?class { %s } ?class rdfs:subClassOf* ?c . ?c rdfs:subClassOf ?d
}
LIMIT 10000
"""
_DATES = """
SELECT ?thing ?predicate ?date WHERE {
  VALUES ?thing { %s } ?thing ?predicate ?date . FILTER(?predicate IN (%s) && isLiteral(?date))
}
"""
_NUMBERS = "SELECT ?thing ?number WHERE { ?thing sm:attemptNumber ?number }"
_SIDES = """
SELECT DISTINCT ?thing ?side WHERE {
  VALUES (?role ?side) { (sm:attemptedBy 1) (sm:against 2) }
  ?attempt ?role ?root .
  ?thing (sm:belongsTo|sm:controls)* ?root .
}
"""
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,9}")


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing as the picture knows it; `date` at the precision that it has."""

    class_iri: str | None = None
    kind: str = ""
    is_event: bool = False
    date: str | None = None
    number: int | None = None
    camp: str | None = None


class Catalogue:
    """What one edition says of its things; each is asked for once."""

    def __init__(self, engine: Engine, namespace: str) -> None:
        """Nothing is read yet."""
        self._engine = engine
        self._prefixes = PREFIXES % namespace
        self._things: LRUCache[str, Thing] = LRUCache(_KEPT)
        self._labels: LRUCache[tuple[str, str], str] = LRUCache(_KEPT)
        self._of_all: tuple[dict[str, int], dict[str, str]] | None = None
        self._lock = Lock()

    def things(self, iris: Collection[str]) -> dict[str, Thing]:
        """What is said of each of these."""
        with self._lock:
            found = {iri: self._things[iri] for iri in iris if iri in self._things}
        if missing := sorted(set(iris) - found.keys()):
            read = self._read(missing)
            with self._lock:
                self._things.update(read)
            found |= read
        return found

    def labels(self, iris: Iterable[str], language: str) -> dict[str, str]:
        """What each is called, in the language that is nearest."""
        wanted = set(iris)
        with self._lock:
            found = {
                iri: self._labels[language, iri]
                for iri in wanted
                if (language, iri) in self._labels
            }
        if missing := wanted - found.keys():
            read = labels_of(self._engine, missing, language)
            with self._lock:
                self._labels.update({(language, iri): label for iri, label in read.items()})
            found |= read
        return found

    def _read(self, iris: list[str]) -> dict[str, Thing]:
        prefixes, listed = self._prefixes, values(iris)
        classes: dict[str, set[str]] = defaultdict(set)
        for thing, kind in rows(self._engine, prefixes + _CLASSES % listed):
            if kind:
                classes[thing].add(kind)
        above = self._above({each for own in classes.values() for each in own})
        dates = first_dates(self._engine, iris)
        numbers, camps = self._once()
        found = {}
        for iri in iris:
            own = classes[iri]
            general = {upper for each in own for upper in above[each] if upper != each}
            specific = next(iter(sorted(own - general) or sorted(own)), None)
            lineage = {name_from(each) for each in own.union(*(above[each] for each in own))}
            found[iri] = Thing(
                specific,
                name_from(specific) if specific else "",
                "Event" in lineage,
                dates.get(iri),
                numbers.get(iri),
                camps.get(iri),
            )
        return found

    def _above(self, classes: set[str]) -> Mapping[str, set[str]]:
        direct: dict[str, set[str]] = defaultdict(set)
        if classes:
            for lower, upper in rows(self._engine, self._prefixes + _ABOVE % values(classes)):
                direct[lower].add(upper)
        return {each: _all_above(each, direct) for each in classes}

    def _once(self) -> tuple[dict[str, int], dict[str, str]]:
        """Numbers of attempts, and who stands on which side of them."""
        if self._of_all is None:
            numbers = {
                row["thing"].value: int(row["number"].value)
                for row in self._engine.select(self._prefixes + _NUMBERS)
                if _WHOLE_NUMBER.fullmatch(row["number"].value)
            }
            sides = self._engine.select(self._prefixes + _SIDES)
            self._of_all = (
                numbers,
                _camps((row["thing"].value, row["side"].value) for row in sides),
            )
        return self._of_all


def first_dates(engine: Engine, iris: Collection[str]) -> dict[str, str]:
    """The date of each thing that has one, by the first predicate that gives it."""
    if not iris:
        return {}
    found: dict[str, tuple[int, str]] = {}
    predicates = ", ".join(f"<{each}>" for each in DATE_PREDICATES)
    for row in engine.select(_DATES % (values(iris), predicates)):
        thing = row["thing"].value
        entry = DATE_PREDICATES.index(row["predicate"].value), row["date"].value
        found[thing] = min(found.get(thing, entry), entry)
    return {thing: date for thing, (_, date) in found.items()}


def sort_labels(engine: Engine, iris: Collection[str]) -> dict[str, str]:
    """What puts things in the order of their names, whatever the reader's language."""
    return {iri: label.casefold() for iri, label in labels_of(engine, iris, "zh-Hant").items()}


def _all_above(iri: str, direct: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    pending = [iri]
    while pending:
        for upper in direct.get(pending.pop(), set()):
            if upper not in found:
                found.add(upper)
                pending.append(upper)
    return found


def _camps(sides: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Who stands on one side only: of those who attempt, or of those they attempt it against."""
    names = {"1": "challenger", "2": "incumbent"}
    found: dict[str, set[str]] = defaultdict(set)
    for thing, side in sides:
        found[thing].add(names[side])
    return {thing: next(iter(own)) for thing, own in found.items() if len(own) == 1}
