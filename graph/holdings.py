"""What is held by a class, a property, a named graph and a document: counted, and some shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pyoxigraph import NamedNode

from graph.engine import Engine, Term
from graph.links import COUNTED_LINKS, LinkCount, first_links

JSON = dict[str, Any]

_PASSAGES = 3000
_COUNTED_TRIPLES = 1_000_000
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

_IN_GRAPH = "SELECT ?s WHERE { GRAPH $this { ?s ?p ?o } } LIMIT 1"

_TRIPLES_IN_GRAPH = """
SELECT (COUNT(*) AS ?n) WHERE {
  { SELECT ?s ?p ?o WHERE { GRAPH $this { ?s ?p ?o } } LIMIT %d }
}
"""

_KINDS_IN_GRAPH = """
SELECT ?class (COUNT(*) AS ?n) WHERE {
  { SELECT ?class WHERE { GRAPH $this { ?s a ?class FILTER(isIRI(?class)) } } LIMIT %d }
} GROUP BY ?class ORDER BY DESC(?n) ?class LIMIT 100
"""

_USES = "SELECT ?s ?o WHERE { ?s $this ?o FILTER(isIRI(?s)) } LIMIT 12"

_COUNT_USES = """
SELECT (COUNT(*) AS ?n) WHERE { { SELECT ?s ?o WHERE { ?s $this ?o } LIMIT %d } }
"""

_CITED_PASSAGES = """
PREFIX oa: <http://www.w3.org/ns/oa#>
SELECT DISTINCT ?passage ?start ?end ?statement WHERE {
  ?passage oa:hasSource $this ; oa:hasSelector ?selector .
  ?selector oa:start ?start ; oa:end ?end .
  OPTIONAL { ?statement ?role ?passage FILTER(?role != oa:hasTarget) }
} ORDER BY ?start ?end ?statement LIMIT %d
"""


class Holdings:
    """What one IRI holds, as whatever it is."""

    def __init__(self, engine: Engine, node: NamedNode, term: Callable[[Term], JSON]) -> None:
        """`term` makes the terms, so that the caller can name them."""
        self._engine = engine
        self._node = node
        self._term = term

    def instances(self, counts: Mapping[str, LinkCount]) -> JSON | None:
        """As a class: how many are of it, and some of them."""
        known = counts.get(_TYPE)
        if known is None:
            return None
        found = first_links(self._engine, self._node, [_TYPE], "in", 24)
        return {
            "count": known.count,
            "exact": known.is_exact,
            "predicate": {"iri": _TYPE},
            "things": [self._term(row["s"]) for row in found],
        }

    def uses(self) -> JSON | None:
        """How often it stands as a predicate, and some triples."""
        found = self._engine.select(_USES, this=self._node)
        if not found:
            return None
        count = int(
            self._engine.select(_COUNT_USES % (COUNTED_LINKS + 1), this=self._node)[0]["n"].value
        )
        return {
            "count": min(count, COUNTED_LINKS),
            "exact": count <= COUNTED_LINKS,
            "triples": [
                {"subject": self._term(row["s"]), "object": self._term(row["o"])} for row in found
            ],
        }

    def graph(self) -> JSON | None:
        """As a named graph: how many triples it has, and of which classes."""
        if not self._engine.select(_IN_GRAPH, this=self._node):
            return None
        count = int(
            self._engine.select(_TRIPLES_IN_GRAPH % (_COUNTED_TRIPLES + 1), this=self._node)[0][
                "n"
            ].value
        )
        kinds = self._engine.select(_KINDS_IN_GRAPH % COUNTED_LINKS, this=self._node)
        return {
            "count": min(count, _COUNTED_TRIPLES),
            "exact": count <= _COUNTED_TRIPLES,
            "kinds": [
                {"class": self._term(row["class"]), "count": int(row["n"].value)} for row in kinds
            ],
        }

    def passages(self) -> list[JSON]:
        """As a document: its passages in order, each with what cites it."""
        found: dict[str, JSON] = {}
        for row in self._engine.select(_CITED_PASSAGES % _PASSAGES, this=self._node):
            place = found.setdefault(
                row["passage"].value,
                {
                    "id": row["passage"].value.partition("#")[2],
                    "start": row["start"].value,
                    "end": row["end"].value,
                    "statements": [],
                },
            )
            if isinstance(row.get("statement"), NamedNode):
                place["statements"].append({"iri": row["statement"].value})
        return list(found.values())

    def _count(self, query: str) -> int:
        return int(self._engine.select(query, this=self._node)[0]["n"].value)
