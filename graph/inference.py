"""What follows from the facts, by a few named rules that keep their premises.

Rules: subclass, subproperty, inverse, symmetric, transitive, chain (OWL 2 Profiles,
4.3: cax-sco, prp-spo1, prp-inv, prp-symp, prp-trp, prp-spo2). Each inferred triple
keeps the first derivation found, in a fixed order, so that builds agree.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad

from graph.compile import RDF_TYPE
from graph.mint import Mint
from ontology import Vocabulary

Link = tuple[NamedNode, NamedNode, NamedNode]
Premise = NamedNode | Link


@dataclass(frozen=True)
class Inference:
    """An inferred triple with the rule, the axiom it applied and what it rests on.

    A premise is the statement of a fact, or the triple of another inference.
    """

    triple: Link
    rule: str
    axiom: NamedNode
    premises: tuple[Premise, ...]


def infer(
    facts: Mapping[Link, NamedNode],
    types: Iterable[tuple[NamedNode, NamedNode]],
    vocabulary: Vocabulary,
) -> list[Inference]:
    """All that the rules draw from the facts.

    `facts` maps each asserted triple to the statement that cites it; `types` are
    pairs of thing and class. Nothing is inferred that is a fact already, and no
    transitive or chained link from a thing to itself.
    """
    return [*_types(types, vocabulary), *_Closure(facts, vocabulary).run()]


def quads_of(inferences: Iterable[Inference], vocabulary: Vocabulary) -> set[Quad]:
    """The inferred triples and the nodes that explain them, for `graph/inferred`."""
    mint = Mint(vocabulary.base)
    named_graph = mint.named_graph("inferred")
    terms = vocabulary.prefixes
    rdf, sm = terms["rdf"], terms["sm"]
    nodes = _nodes([i.triple for i in inferences], mint)
    quads: set[Quad] = set()
    for inference in inferences:
        node = nodes[inference.triple]
        subject, predicate, obj = inference.triple
        quads.add(Quad(subject, predicate, obj, named_graph))
        pairs: list[tuple[str, NamedNode | Literal]] = [
            (f"{rdf}type", NamedNode(f"{sm}Inference")),
            (f"{rdf}type", NamedNode(f"{rdf}Statement")),
            (f"{rdf}subject", subject),
            (f"{rdf}predicate", predicate),
            (f"{rdf}object", obj),
            (f"{sm}rule", NamedNode(f"{sm}{inference.rule}")),
            (f"{sm}axiom", inference.axiom),
        ]
        pairs += [
            (f"{sm}premise", nodes[premise] if isinstance(premise, tuple) else premise)
            for premise in inference.premises
        ]
        for name, value in pairs:
            quads.add(Quad(node, NamedNode(name), value, named_graph))
    return quads


def _nodes(triples: Iterable[Link], mint: Mint) -> dict[Link, NamedNode]:
    """A node for each triple; where two would share a name, a digest tells them apart."""
    by_name: dict[NamedNode, list[Link]] = defaultdict(list)
    for triple in triples:
        by_name[mint.inference(*(term.value for term in triple))].append(triple)
    nodes: dict[Link, NamedNode] = {}
    for node, sharing in by_name.items():
        for triple in sharing:
            digest = hashlib.sha256(" ".join(t.value for t in triple).encode()).hexdigest()[:12]
            nodes[triple] = NamedNode(f"{node.value}-{digest}") if len(sharing) > 1 else node
    return nodes


def _types(
    types: Iterable[tuple[NamedNode, NamedNode]], vocabulary: Vocabulary
) -> Iterator[Inference]:
    given = sorted(set(types), key=str)
    known = set(given)
    for thing, own_class in given:
        pending = [own_class]
        while pending:
            below = pending.pop()
            for above in map(NamedNode, vocabulary.direct_superclasses(below.value)):
                if (thing, above) not in known:
                    known.add((thing, above))
                    pending.append(above)
                    yield Inference((thing, RDF_TYPE, above), "SubclassRule", below, ())


class _Closure:
    """Forward chaining to a fixed point; a premise is a fact's statement or another triple."""

    def __init__(self, facts: Mapping[Link, NamedNode], vocabulary: Vocabulary) -> None:
        self.support: dict[Link, Premise] = dict(facts)
        self.properties = vocabulary.properties
        self.drawn: dict[Link, Inference] = {}
        self.forward: dict[tuple[str, NamedNode], dict[NamedNode, None]] = defaultdict(dict)
        self.backward: dict[tuple[str, NamedNode], dict[NamedNode, None]] = defaultdict(dict)
        self.chains = [
            (prop.iri, chain) for prop in self.properties.values() for chain in prop.chains
        ]
        for triple in sorted(facts, key=str):
            self._index(triple)

    def run(self) -> list[Inference]:
        pending = sorted(self.support, key=str)
        while pending:
            fresh: list[Link] = []
            for triple in pending:
                for inference in self._from(triple):
                    new = inference.triple
                    if new not in self.support:
                        self.support[new] = new
                        self.drawn[new] = inference
                        self._index(new)
                        fresh.append(new)
            pending = fresh
        return list(self.drawn.values())

    def _index(self, triple: Link) -> None:
        subject, predicate, obj = triple
        self.forward[predicate.value, subject][obj] = None
        self.backward[predicate.value, obj][subject] = None

    def _draw(self, triple: Link, rule: str, axiom: str, *premises: Link) -> Inference:
        grounds = tuple(self.support[premise] for premise in premises)
        return Inference(triple, rule, NamedNode(axiom), grounds)

    def _from(self, triple: Link) -> Iterator[Inference]:
        subject, predicate, obj = triple
        prop = self.properties.get(predicate.value)
        if prop is None:
            return
        for above in prop.superproperties:
            link = (subject, NamedNode(above), obj)
            yield self._draw(link, "SubpropertyRule", prop.iri, triple)
        for inverse in prop.inverses:
            link = (obj, NamedNode(inverse), subject)
            yield self._draw(link, "InverseRule", prop.iri, triple)
        if prop.symmetric:
            yield self._draw((obj, predicate, subject), "SymmetricRule", prop.iri, triple)
        if prop.transitive:
            yield from self._chain(prop.iri, (prop.iri, prop.iri), triple, "TransitiveRule")
        for result, chain in self.chains:
            yield from self._chain(result, chain, triple, "ChainRule")

    def _chain(
        self, result: str, chain: tuple[str, ...], triple: Link, rule: str
    ) -> Iterator[Inference]:
        """The chains that run through `triple` at any of their steps."""
        for position, step in enumerate(chain):
            if step != triple[1].value:
                continue
            paths: list[tuple[Link, ...]] = [(triple,)]
            for before in reversed(chain[:position]):
                paths = [
                    ((start, NamedNode(before), path[0][0]), *path)
                    for path in paths
                    for start in list(self.backward[before, path[0][0]])
                ]
            for after in chain[position + 1 :]:
                paths = [
                    (*path, (path[-1][2], NamedNode(after), end))
                    for path in paths
                    for end in list(self.forward[after, path[-1][2]])
                ]
            for path in paths:
                start, end = path[0][0], path[-1][2]
                if start != end:
                    yield self._draw((start, NamedNode(result), end), rule, result, *path)
