"""The links of a small dataset, held in memory as a networkx graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

import networkx as nx

from graph.engine import Engine
from graph.errors import ResourceNotFound
from graph.network.link import (
    MACHINERY,
    PREFIXES,
    RECORDS,
    SPOKEN,
    STATED,
    Around,
    Direction,
    Group,
    Link,
    Nearest,
    Order,
    Steps,
    Wanted,
    first_of,
    grouped,
    rows,
    stated_links,
    values,
)
from graph.network.thing import first_dates, sort_labels

STATED_LIMIT = 10_000
PLAIN_LIMIT = 10_000

_PLAIN = """
SELECT ?s ?p ?o WHERE {
  ?s ?p ?o .
  FILTER(?p != rdf:type && ?s != ?o && isIRI(?o) && isIRI(?s))
}
LIMIT %d
"""
# MINUS reads what terms there are once; NOT EXISTS would look for each row.
_BESIDE = """
SELECT ?s ?p ?o WHERE {
  ?s ?p ?o .
  FILTER(?p NOT IN %s && ?s != ?o && isIRI(?o) && isIRI(?s))
  MINUS { ?o rdfs:isDefinedBy ?ontology }
  MINUS { ?s rdfs:isDefinedBy ?ontology }
}
LIMIT %d
"""
_CITED = """
SELECT DISTINCT ?thing WHERE {
  ?statement a sm:Statement ; sm:modality ?modality . ?statement rdf:subject|rdf:object ?thing
}
"""
_RECORDS = "SELECT DISTINCT ?record WHERE { ?record a ?kind FILTER(?kind IN %s) }"
_KNOWN = """
SELECT DISTINCT ?thing WHERE {
  VALUES ?thing { %s }
  FILTER(EXISTS { ?thing ?p ?o } || EXISTS { ?s ?q ?thing })
}
"""


def has_statements(engine: Engine, namespace: str) -> bool:
    """Whether the dataset has statements of ours."""
    found = rows(
        engine,
        PREFIXES % namespace
        + "SELECT ?modality WHERE { ?statement a sm:Statement ; sm:modality ?modality } LIMIT 1",
    )
    return any(True for _ in found)


def read_links(engine: Engine, namespace: str, *, stated: bool) -> tuple[list[Link], bool]:
    """The links of a dataset, and whether these are all: of a large one, the first that come."""
    prefixes = PREFIXES % namespace
    if not stated:
        found = list(rows(engine, prefixes + _PLAIN % (PLAIN_LIMIT + 1)))
        return [Link(s, p, o) for s, p, o in sorted(found)], len(found) <= PLAIN_LIMIT
    spoken = list(rows(engine, prefixes + STATED % (SPOKEN, "") + f"LIMIT {STATED_LIMIT + 1}"))
    if len(spoken) > STATED_LIMIT:
        return stated_links(iter(spoken)), False
    beside = list(rows(engine, prefixes + _BESIDE % (MACHINERY, PLAIN_LIMIT + 1)))
    cited = {row[0] for row in rows(engine, prefixes + _CITED)}
    records = {row[0] for row in rows(engine, prefixes + _RECORDS % RECORDS)}
    foreign = [
        Link(s, p, o)
        for s, p, o in sorted(beside)
        if not (s in cited and o in cited) and s not in records and o not in records
    ]
    return stated_links(iter(spoken)) + foreign, len(beside) <= PLAIN_LIMIT


class LoadedLinks:
    """Links in memory; see `Links`."""

    def __init__(
        self, engine: Engine, namespace: str, links: Iterable[Link], *, stated: bool
    ) -> None:
        """Keep `links`; `engine` is asked for names and dates alone."""
        self.stated = stated
        self._engine = engine
        self._prefixes = PREFIXES % namespace
        self.network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for link in links:
            self.network.add_edge(link.subject, link.object, key=link.predicate, link=link)

    def all(self) -> list[Link]:
        """All links, in order."""
        found: list[Link] = [data["link"] for *_, data in self.network.edges(data=True)]
        return sorted(found, key=lambda link: link.key)

    def around(self, iri: str) -> Around:
        """See `Links.around`."""
        if iri not in self.network:
            if not self.known([iri]):
                raise ResourceNotFound(iri)
            return Around({})
        groups: dict[tuple[str, Direction], dict[str, None]] = defaultdict(dict)
        for _, other, predicate in self.network.out_edges(iri, keys=True):
            groups[predicate, "out"][other] = None
        for other, _, predicate in self.network.in_edges(iri, keys=True):
            groups[predicate, "in"][other] = None
        return Around({key: list(members) for key, members in groups.items()})

    def among(self, first: Collection[str], second: Collection[str]) -> list[Link]:
        """See `Links.among`."""
        inside = {*first, *second}
        found: dict[tuple[str, str, str], Link] = {}
        for iri in first:
            if iri not in self.network:
                continue
            for s, o, link in (
                *self.network.out_edges(iri, data="link"),
                *self.network.in_edges(iri, data="link"),
            ):
                if s in inside and o in inside:
                    found[link.key] = link
        return [found[key] for key in sorted(found)]

    def steps(self, iris: Collection[str], limit: int) -> Steps:
        """See `Links.steps`."""
        pairs = {
            (iri, other)
            for iri in iris
            if iri in self.network
            for other in nx.all_neighbors(self.network, iri)
        }
        return Steps(sorted(pairs)[:limit], len(pairs) <= limit)

    def groups(self, iri: str) -> tuple[list[Group], bool]:
        """See `Links.groups`."""
        return grouped(self.around(iri)), True

    def nearest(self, iri: str, wanted: Wanted, known: Collection[str]) -> Nearest:
        """See `Links.nearest`."""
        order, limit = wanted.order, wanted.limit

        def rank(iris: list[str]) -> tuple[list[str], Order]:
            return ranked_by_asking(self._engine, iris, order, limit, self.degrees(iris)), order

        return first_of(self.around(iri), wanted, known, rank)

    def bridges(self, first: Collection[str], second: Collection[str]) -> Steps | None:
        """See `Links.bridges`."""
        return None

    def degrees(self, iris: Collection[str]) -> dict[str, int]:
        """See `Links.degrees`."""
        return {iri: self.network.degree(iri) if iri in self.network else 0 for iri in iris}

    def known(self, iris: Collection[str]) -> set[str]:
        """See `Links.known`."""
        return known(self._engine, iris)


def known(engine: Engine, iris: Collection[str]) -> set[str]:
    """Those of some IRIs of which a triple speaks."""
    return {row[0] for row in rows(engine, _KNOWN % values(iris))} if iris else set()


def ranked_by_asking(
    engine: Engine, iris: Collection[str], order: Order, limit: int, degrees: dict[str, int]
) -> list[str]:
    """The first of some things in an order, from what the dataset says of each of them."""
    if order == "degree":
        return sorted(iris, key=lambda iri: (-degrees.get(iri, 0), iri))[:limit]
    if order == "date":
        dates = first_dates(engine, iris)
        return sorted(iris, key=lambda iri: (iri not in dates, dates.get(iri, ""), iri))[:limit]
    if order == "label":
        labels = sort_labels(engine, iris)
        return sorted(iris, key=lambda iri: (labels[iri], iri))[:limit]
    return sorted(iris)[:limit]
