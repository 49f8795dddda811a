"""Checks the inferences against OWL 2 RL: consistent, and nothing that does not follow.

owlrl computes the closure; it cannot say why, so it checks and does not infer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import owlrl
from pyoxigraph import NamedNode
from rdflib import Graph, URIRef
from rdflib.term import Node

from graph.inference import Inference, Link
from ontology import Vocabulary

_ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")


@dataclass(frozen=True)
class EntailmentReport:
    """Contradictions that owlrl found, and inferred triples that it does not find."""

    contradictions: tuple[str, ...]
    unfounded: tuple[Link, ...]


def check_entailment(
    facts: Iterable[Link],
    types: Iterable[tuple[NamedNode, NamedNode]],
    inferences: Iterable[Inference],
    vocabulary: Vocabulary,
) -> EntailmentReport:
    """Compare the inferences with the OWL 2 RL closure of the facts and the ontology."""
    graph = Graph()
    for triple in vocabulary.ontology:
        graph.add(triple)
    for fact in facts:
        graph.add(_triple(fact))
    for thing, kind in types:
        graph.add(
            (_node(thing), URIRef("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), _node(kind))
        )
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    contradictions = tuple(sorted(str(message) for message in graph.objects(None, _ERROR)))
    unfounded = tuple(
        inference.triple for inference in inferences if _triple(inference.triple) not in graph
    )
    return EntailmentReport(contradictions, unfounded)


def _triple(link: Link) -> tuple[Node, Node, Node]:
    return _node(link[0]), _node(link[1]), _node(link[2])


def _node(term: NamedNode) -> Node:
    return URIRef(term.value)
