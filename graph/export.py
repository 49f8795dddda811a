"""What is taken away: everything, one article, one thing with its evidence."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import NamedNode, Quad, Triple

from graph.engine import Engine

_PREFIXES = """
PREFIX sm: <%s>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX schema: <https://schema.org/>
"""

# Concise bounded description (W3C member submission), with the statements that cite
# its facts, the passages they cite, and the figures about the thing.
_STATED = (
    "CONSTRUCT {{ ?st ?p ?o }} WHERE {{ ?st rdf:{end} $this ; ?p ?o }}",
    "CONSTRUCT {{ ?passage ?p ?o . ?selector ?q ?x }} WHERE {{ ?st rdf:{end} $this ; "
    "sm:passage|sm:translatedPassage|sm:sourcePassage ?passage . "
    "?passage ?p ?o ; oa:hasSelector ?selector . ?selector ?q ?x }}",
)
_DESCRIPTION = (
    "CONSTRUCT { $this ?p ?o } WHERE { $this ?p ?o }",
    "CONSTRUCT { ?s ?p $this } WHERE { ?st rdf:object $this ; a sm:Statement ; rdf:subject ?s ; "
    "rdf:predicate ?p . ?s ?p $this }",
    *(query.format(end=end) for query in _STATED for end in ("subject", "object")),
    "CONSTRUCT { ?figure ?p ?o } WHERE { ?figure schema:observationAbout $this ; ?p ?o }",
)


def everything(engine: Engine) -> list[Quad]:
    """All quads."""
    return engine.quads()


def named_graph(engine: Engine, iri: str) -> list[Quad]:
    """The quads of one named graph."""
    return engine.quads(NamedNode(iri))


def triples_of(quads: Iterable[Quad]) -> list[Triple]:
    """Quads as one graph, without their graphs' names."""
    return [quad.triple for quad in quads]


def description_of(engine: Engine, iri: str, namespace: str) -> list[Triple]:
    """A thing's triples, the statements on its facts, their passages, and its figures.

    Of a named graph, all its triples.
    """
    node = NamedNode(iri)
    within = named_graph(engine, iri)
    if within:
        return triples_of(within)
    prefixes = _PREFIXES % namespace
    found: set[Triple] = set()
    for query in _DESCRIPTION:
        found.update(engine.construct(prefixes + query, this=node))
    return list(found)
