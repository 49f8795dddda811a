"""The links of one thing, counted and read in parts: a hub's links are never read at once.

A link is a triple, or a statement that quotes one without asserting it. What statements,
passages and notes say of the thing is no link of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal as Choice

from pyoxigraph import NamedNode

from graph.engine import Engine, Solution, Term

Direction = Choice["in", "out"]

COUNTED_LINKS = 50_000
SORTED_LINKS = 2_000
_PREDICATES = 200

_RDF = "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "

_IN = """
SELECT ?p (COUNT(*) AS ?n) WHERE {
  { SELECT ?p ?s WHERE { ?s ?p $this FILTER(isIRI(?s)) } LIMIT %d }
} GROUP BY ?p ORDER BY DESC(?n) ?p LIMIT %d
"""

_OUT = """
SELECT ?p (COUNT(*) AS ?n) WHERE {
  { SELECT ?p ?o WHERE { $this ?p ?o } LIMIT %d }
} GROUP BY ?p ORDER BY DESC(?n) ?p LIMIT %d
"""

_QUOTED = (
    _RDF
    + """
SELECT DISTINCT ?s ?p ?o WHERE {
  { ?statement rdf:%(near)s $this ; rdf:predicate $predicate ; rdf:%(far)s %(other)s . }
  UNION
  { %(triple)s }
  BIND($predicate AS ?p)
  %(bind)s
  FILTER(isIRI(?s))
}
"""
)
_SOME = {
    "in": _QUOTED
    % {
        "near": "object",
        "far": "subject",
        "other": "?s",
        "triple": "?s $predicate $this",
        "bind": "BIND($this AS ?o)",
    },
    "out": _QUOTED
    % {
        "near": "subject",
        "far": "object",
        "other": "?o",
        "triple": "$this $predicate ?o",
        "bind": "BIND($this AS ?s)",
    },
}


@dataclass(frozen=True)
class LinkCount:
    """How many links of one predicate a thing has; `is_exact` unless counting was cut short."""

    predicate: str
    count: int
    is_exact: bool = True


def count_links(engine: Engine, node: NamedNode, direction: Direction) -> list[LinkCount]:
    """The predicates of a thing's triples, the most frequent first.

    Counts `COUNTED_LINKS` at most, so that a hub of millions costs no more than that.
    """
    query = _IN if direction == "in" else _OUT
    found = engine.select(query % (COUNTED_LINKS + 1, _PREDICATES), this=node)
    counts = [(row["p"].value, int(row["n"].value)) for row in found]
    is_exact = sum(count for _, count in counts) <= COUNTED_LINKS
    return [LinkCount(predicate, count, is_exact) for predicate, count in counts]


def first_links(
    engine: Engine, node: NamedNode, predicates: Sequence[str], direction: Direction, each: int
) -> list[Solution]:
    """The first `each` triples of each predicate, as solutions with `s`, `p` and `o`."""
    if not predicates:
        return []
    parts = []
    for iri in predicates:
        predicate = NamedNode(iri)
        if direction == "in":
            where = f"?s {predicate} $this . BIND({predicate} AS ?p) FILTER(isIRI(?s))"
        else:
            where = f"$this {predicate} ?o . BIND({predicate} AS ?p)"
        parts.append(f"{{ SELECT DISTINCT ?s ?p ?o WHERE {{ {where} }} LIMIT {each} }}")
    found = engine.select(f"SELECT ?s ?p ?o WHERE {{ {' UNION '.join(parts)} }}", this=node)
    missing = "o" if direction == "in" else "s"
    return [{**row, missing: node} for row in found]


def page_of_links(
    engine: Engine,
    node: NamedNode,
    predicate: NamedNode,
    direction: Direction,
    *,
    offset: int,
    limit: int,
    count: int,
) -> list[Solution]:
    """A page of the links of one predicate, quoted ones too, `count` in all.

    They come in the order of their other ends; where they are many, in the engine's own, which
    is the same throughout an edition: sorting 300,000 took Oxigraph 40 s.
    """
    other = "?s" if direction == "in" else "?o"
    order = f"ORDER BY {other}" if count <= SORTED_LINKS else ""
    query = f"{_SOME[direction]} {order} OFFSET {offset} LIMIT {limit}"
    return engine.select(query, this=node, predicate=predicate)


def other_ends(facts: Iterable[Solution], node: Term) -> list[Term]:
    """What the triples link a thing with, each once."""
    ends = (t["o"] if t["s"] == node else t["s"] for t in facts)
    return list(dict.fromkeys(end for end in ends if end != node))
