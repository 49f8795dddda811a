"""The links of a large dataset, asked for as they are wanted; every question is bounded."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from itertools import islice
from threading import Lock
from typing import TypeVar

from cachetools import LRUCache
from pyoxigraph import NamedNode

from graph.engine import Engine, Solution
from graph.errors import ResourceNotFound
from graph.network.link import (
    PREFIXES,
    RECORDS,
    STATED,
    Around,
    Direction,
    Group,
    Link,
    Nearest,
    Order,
    RankedBy,
    Ranking,
    Steps,
    Wanted,
    first_of,
    grouped,
    rows,
    stated_links,
    values,
)
from graph.network.loaded import known, ranked_by_asking
from graph.network.pattern import (
    BETWEEN,
    COUNTS,
    OF,
    PLAIN,
    ROWS,
    STANDING,
    TOTAL,
    Pattern,
    for_iris,
    patterns_of,
    step_queries,
)

_T = TypeVar("_T")

AROUND_LIMIT = 100_000
"""So many links of one thing in one direction are read at most."""
_COUNTED = 1_000_000
_AROUND_KEPT = 200_000
_COUNTS_KEPT = 1_000
_LABELS_SORTED = 1_000
_FEW = 1_500
_LEADING = 2_000
_AMONG_LIMIT = 500_000
_CHUNK = 500
_WIDE = 1_000
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


class AskedLinks:
    """Links as the engine finds them; see `Links`."""

    def __init__(
        self,
        engine: Engine,
        namespace: str,
        sample: Sequence[Link] = (),
        ranking: Ranking | None = None,
        *,
        stated: bool,
    ) -> None:
        """`ranking` orders the neighbours of hubs; `sample` tells hubs where there is none."""
        self.stated = stated
        self.ranking = ranking
        self.sample = sample
        self._counted = Counter(end for link in sample for end in (link.subject, link.object))
        self._engine = engine
        self._prefixes = PREFIXES % namespace
        self._kept: LRUCache[str, Around] = LRUCache(_AROUND_KEPT, getsizeof=_weight)
        self._counts: LRUCache[str, tuple[list[Group], bool]] = LRUCache(_COUNTS_KEPT)
        self._mixed: LRUCache[str, set[Direction]] = LRUCache(_COUNTS_KEPT)
        """In which direction a thing is linked to more than IRIs."""
        self._totals: LRUCache[tuple[str, str | None, str | None], int] = LRUCache(_COUNTS_KEPT)
        self._leading: tuple[Ranking, dict[RankedBy, list[str]]] | None = None
        self._lock = Lock()

    def _rows(self, query: str, this: str | None = None) -> Iterator[list[str]]:
        terms = {"this": NamedNode(this)} if this else {}
        return rows(self._engine, self._prefixes + query, **terms)

    def _select(self, query: str, this: str) -> list[Solution]:
        return self._engine.select(self._prefixes + query, this=NamedNode(this))

    def _patterns(self, iri: str, wanted: Wanted | None = None) -> list[Pattern]:
        if not self.stated:
            found = list(PLAIN)
        else:
            found = patterns_of({row[0] for row in self._rows(STANDING % RECORDS, iri)})
        if wanted is None:
            return found
        only = f"VALUES ?p {{ {values([wanted.predicate])} }} " if wanted.predicate else ""
        return [(only + own, way) for own, way in found if wanted.direction in {None, way}]

    def around(self, iri: str) -> Around:
        """See `Links.around`."""
        with self._lock:
            kept = self._kept.get(iri)
        if kept is not None:
            return kept
        groups: dict[tuple[str, Direction], dict[str, None]] = defaultdict(dict)
        complete = True
        for pattern, direction in self._patterns(iri):
            read = 0
            for predicate, other in self._rows(
                ROWS.format(pattern=pattern, limit=AROUND_LIMIT + 1), iri
            ):
                read += 1
                groups[predicate, direction][other] = None
            complete = complete and read <= AROUND_LIMIT
        if not groups:
            self._refuse_unknown(iri)
        found = Around({key: list(members) for key, members in groups.items()}, complete)
        with self._lock:
            if _weight(found) <= self._kept.maxsize:
                self._kept[iri] = found
        return found

    def _refuse_unknown(self, iri: str) -> None:
        if not self.known([iri]):
            raise ResourceNotFound(iri)

    def groups(self, iri: str) -> tuple[list[Group], bool]:
        """See `Links.groups`; counted by the engine, which need not name those it counts."""
        with self._lock:
            around, kept = self._kept.get(iri), self._counts.get(iri)
        if kept is None and around is not None:
            kept = grouped(around), around.complete
        if kept is None:
            kept = self._count(iri)
            with self._lock:
                self._counts[iri] = kept
        return kept

    def _count(self, iri: str) -> tuple[list[Group], bool]:
        counts: Counter[tuple[str, Direction]] = Counter()
        complete = True
        mixed: set[Direction] = set()
        for pattern, direction in self._patterns(iri):
            found = self._counted_by(iri, pattern)
            complete = complete and sum(found.values()) < _COUNTED
            if found != self._counted_by(iri, for_iris(pattern)):
                mixed.add(direction)
            for predicate, count in found.items():
                counts[predicate, direction] += count
        with self._lock:
            self._mixed[iri] = mixed
        if not counts:
            self._refuse_unknown(iri)
        return [Group(p, way, count) for (p, way), count in counts.items()], complete

    def _counted_by(self, iri: str, pattern: str) -> dict[str, int]:
        found = self._select(COUNTS.format(pattern=pattern, limit=_COUNTED), iri)
        return {row["p"].value: int(row["count"].value) for row in found}

    def nearest(self, iri: str, wanted: Wanted, known: Collection[str]) -> Nearest:
        """See `Links.nearest`.

        A hub's neighbours are looked for among the things that come first of all, so that the
        others need not be named. Without an index they come by label, or by IRI where they are
        many.
        """
        with self._lock:
            at_hand = iri in self._kept
        if wanted.order != "iri" and self.ranking is not None and not at_hand:
            groups, complete = self.groups(iri)
            if sum(group.count for group in groups) > _FEW:
                found = self._first_of_hub(iri, wanted, known, complete)
                if found is not None:
                    return found
        return first_of(self.around(iri), wanted, known, partial(self._ranked, wanted))

    def _first_of_hub(
        self, iri: str, wanted: Wanted, known: Collection[str], complete: bool
    ) -> Nearest | None:
        order = wanted.order
        assert self.ranking is not None
        assert order != "iri"
        patterns = self._patterns(iri, wanted)
        total = self._total(iri, wanted, patterns)
        # So many that three times as many neighbours are among them as are wanted, if all
        # things were as likely to be; those with many links are likelier, and those of a time
        # that is not the hub's are not: then more are looked at.
        share = self.ranking.count() / max(1, total)
        likely = int(3 * share * (wanted.limit + len(known))) + wanted.limit
        leading = [each for each in self.leading(_LEADING, order) if each not in known]
        things: list[str] = []
        for part in (leading[:likely], leading[likely:]):
            near = self._of(iri, part, patterns)
            things += [each for each in part if each in near]
            if len(things) >= min(wanted.limit, total):
                break
        else:
            return None
        things = things[: wanted.limit]
        there = self._of(iri, set(known) - {iri}, patterns)
        return Nearest(things, total, total - len(there) - len(things), order, complete)

    def _total(self, iri: str, wanted: Wanted, patterns: list[Pattern]) -> int:
        key = iri, wanted.predicate, wanted.direction
        with self._lock:
            total = self._totals.get(key)
        if total is None:
            with self._lock:
                mixed = self._mixed.get(iri, {"out", "in"})
            union = " UNION ".join(
                f"{{ {pattern if way in mixed else for_iris(pattern)} }}"
                for pattern, way in patterns
            )
            found = self._select(TOTAL.format(pattern=union, limit=_COUNTED), iri)
            total = int(found[0]["count"].value)
            with self._lock:
                self._totals[key] = total
        return total

    def _of(self, iri: str, things: Collection[str], patterns: list[Pattern]) -> set[str]:
        """Those of some things that are neighbours."""
        if not things:
            return set()
        listed = values(things)
        return {
            row[0]
            for pattern, _ in patterns
            for row in self._rows(OF.format(things=listed, pattern=for_iris(pattern)), iri)
        }

    def _ranked(self, wanted: Wanted, iris: list[str]) -> tuple[list[str], Order]:
        order = wanted.order
        if self.ranking is not None and order != "iri":
            return self.ranking.ranked(iris, order, wanted.limit), order
        if len(iris) > _LABELS_SORTED:
            return sorted(iris)[: wanted.limit], "iri"
        had: Order = "label" if order == "degree" else order
        return ranked_by_asking(self._engine, iris, had, wanted.limit, {}), had

    def leading(self, limit: int, order: RankedBy = "degree") -> list[str]:
        """The things with most links, or first in another order.

        Without an index, those of the sample with most links.
        """
        ranking = self.ranking
        if ranking is None:
            ranked = sorted(self._counted, key=lambda iri: (-self._counted[iri], iri))
            return ranked[:limit]
        with self._lock:
            if self._leading is None or self._leading[0] is not ranking:
                self._leading = ranking, {}
            orders = self._leading[1]
        if order not in orders:
            orders[order] = ranking.leading(_LEADING, order)
        return orders[order][:limit]

    def among(self, first: Collection[str], second: Collection[str]) -> list[Link]:
        """See `Links.among`."""
        inside = {*first, *second}
        found: set[tuple[str, str, str]] = set()
        for subjects, objects in ((set(first), inside), (set(second) - set(first), set(first))):
            listed = values(sorted(objects))
            for chunk in _chunks(sorted(subjects), _CHUNK):
                query = BETWEEN.format(subjects=values(chunk), objects=listed, limit=_AMONG_LIMIT)
                found.update((s, p, o) for s, p, o in self._rows(query) if s != o)
        return self._links(found, first, inside)

    def _links(
        self, triples: set[tuple[str, str, str]], first: Collection[str], inside: set[str]
    ) -> list[Link]:
        """The links that triples make; in a dataset with statements, those of statements too."""
        if not self.stated:
            links = [Link(*triple) for triple in triples if triple[1] != _TYPE]
            return sorted(links, key=lambda link: link.key)
        spoken: list[list[str]] = []
        for end in ("subject", "object"):
            variable = end[0]
            for chunk in _chunks(sorted(first), _CHUNK):
                pattern = (
                    f"VALUES ?{variable} {{ {values(chunk)} }} ?statement rdf:{end} ?{variable} ; "
                    "rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ."
                )
                query = STATED % (pattern, "") + f"LIMIT {_AMONG_LIMIT}"
                spoken += [r for r in self._rows(query) if r[1] in inside and r[3] in inside]
        links = stated_links(iter(spoken))
        stated = {link.key for link in links}
        # What no statement says is a link only where `around` says so too.
        for s, p, o in triples:
            if (s, o, p) in stated:
                continue
            near = s if s in first else o
            direction: Direction = "out" if near == s else "in"
            far = o if near == s else s
            if far in set(self.around(near).groups.get((p, direction), ())):
                links.append(Link(s, p, o))
        return sorted(links, key=lambda link: link.key)

    def steps(self, iris: Collection[str], limit: int) -> Steps:
        """See `Links.steps`."""
        pairs: list[tuple[str, str]] = []
        complete = True
        for query in step_queries(stated=self.stated):
            for chunk in _chunks(sorted(iris), _CHUNK):
                left = limit - len(pairs)
                if left <= 0:
                    return Steps(pairs, False)
                read = list(self._rows(query.format(things=values(chunk), limit=left + 1)))
                complete = complete and len(read) <= left
                pairs += [(a, b) for a, b in read if b and a != b]
        return Steps(pairs, complete)

    def bridges(self, first: Collection[str], second: Collection[str]) -> Steps | None:
        """See `Links.bridges`; statements are found by `steps` alone."""
        if self.stated or min(len(first), len(second)) < _WIDE:
            return None
        pairs: list[tuple[str, str]] = []
        complete = True
        for subjects, objects in ((first, second), (second, first)):
            query = BETWEEN.format(
                subjects=values(sorted(subjects)),
                objects=values(sorted(objects)),
                limit=_AMONG_LIMIT + 1,
            )
            read = list(self._rows(query))
            complete = complete and len(read) <= _AMONG_LIMIT
            pairs += [(s, o) for s, p, o in read if s != o and p != _TYPE]
        return Steps(pairs, complete)

    def degrees(self, iris: Collection[str]) -> dict[str, int]:
        """See `Links.degrees`; none without an index."""
        return self.ranking.degrees(list(iris)) if self.ranking is not None and iris else {}

    def known(self, iris: Collection[str]) -> set[str]:
        """See `Links.known`."""
        return {
            iri for chunk in _chunks(sorted(iris), _CHUNK) for iri in known(self._engine, chunk)
        }


def _weight(around: Around) -> int:
    return 1 + sum(len(members) for members in around.groups.values())


def _chunks(items: Sequence[_T], size: int) -> Iterator[list[_T]]:
    pending = iter(items)
    while chunk := list(islice(pending, size)):
        yield chunk
