"""The ontology as a named graph of the dataset."""

from __future__ import annotations

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from graph.mint import Mint
from ontology import Vocabulary


def ontology_quads(vocabulary: Vocabulary) -> set[Quad]:
    """The ontology as it stands in the dataset: its list cells have names."""
    named_graph = Mint(vocabulary.base).named_graph("ontology")
    data = vocabulary.ontology.serialize(format="nt")
    triples = parse(data.encode(), format=RdfFormat.N_TRIPLES)
    quads = {Quad(q.subject, q.predicate, q.object, named_graph) for q in triples}
    if any(not isinstance(q.subject, NamedNode) for q in quads):
        quads = _without_blank_nodes(quads, vocabulary)
    return quads


def _without_blank_nodes(quads: set[Quad], vocabulary: Vocabulary) -> set[Quad]:
    """Name the ontology's list cells after the property whose chain they spell."""
    prefix = f"{vocabulary.namespace}chain"
    names: dict[str, NamedNode] = {}
    rest = f"{vocabulary.prefixes['rdf']}rest"
    heads = sorted(
        (q for q in quads if _is_blank(q.object) and q.predicate.value != rest),
        key=lambda q: str(q.subject),
    )
    follow = {str(q.subject): str(q.object) for q in quads if q.predicate.value == rest}
    for index, head in enumerate(heads):
        cell, number = str(head.object), 0
        local = str(head.subject).rstrip(">").rpartition("#")[2]
        while cell.startswith("_:"):
            names[cell] = NamedNode(f"{prefix}-{local}-{index}-{number}")
            cell, number = follow[cell], number + 1

    def name(term: object) -> object:
        return names.get(str(term), term)

    return {
        Quad(name(q.subject), q.predicate, name(q.object), q.graph_name)  # type: ignore[arg-type]
        for q in quads
    }


def _is_blank(term: object) -> bool:
    return str(term).startswith("_:")
