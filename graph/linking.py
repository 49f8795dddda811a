"""The links of any RDF as a network to take away: things, and who says what links them.

Where articles state facts, those are the links, quoted ones with them; in RDF of others, all
triples between things. Bounded: what has more links than `limit` is refused, not cut.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import networkx as nx
from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.engine import Engine
from graph.errors import TooLargeForFormat
from graph.label import labels_of, name_from
from graph.reified import OBJECT, PREDICATE, SUBJECT, TYPE

LINK_LIMIT = 200_000

_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OA = "http://www.w3.org/ns/oa#"
_SCHEMAS = ("https://schema.org/", "http://schema.org/")
_OBSERVATION = frozenset(f"{schema}Observation" for schema in _SCHEMAS)
_START = frozenset(f"{schema}startDate" for schema in _SCHEMAS)
_SUBCLASS = f"{_RDFS}subClassOf"
_BATCH = 500
_CLASSES = "SELECT DISTINCT ?thing ?class WHERE { VALUES ?thing { %s } ?thing a ?class }"
_SUBCLASSES = "SELECT DISTINCT ?c ?d WHERE { VALUES ?c { %s } ?c <" + _SUBCLASS + "> ?d }"
_SIDES = """
PREFIX sm: <%s>
SELECT DISTINCT ?thing ?side WHERE {
  VALUES (?role ?side) { (sm:attemptedBy "challenger") (sm:against "incumbent") }
  ?attempt ?role ?root .
  ?thing (sm:belongsTo|sm:controls)* ?root .
}
"""


@dataclass
class _Stated:
    """A statement as it is read, triple by triple."""

    subject: str | None = None
    predicate: str | None = None
    object: str | None = None
    modality: str = ""
    passages: list[str] = field(default_factory=list)


def linked(
    triples: Iterable[Triple | Quad], engine: Engine, namespace: str, language: str
) -> nx.MultiDiGraph[str]:
    """The network of some triples; `engine` knows what things are called and of what class.

    Nodes and edges bear what `graph.network_format` writes. Raises `TooLargeForFormat`.
    """
    read = _Reading(namespace)
    for triple in triples:
        read.take(triple)
    network = read.network()
    _name(network, engine, language)
    _classify(network, engine)
    for node, data in network.nodes(data=True):
        data["date"], data["number"] = read.dates.get(node), read.numbers.get(node)
    _side(network, engine, namespace)
    return network


class _Reading:
    """What is remembered of the triples while they pass by."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self._statement = f"{namespace}Statement"
        self._passages = {f"{namespace}{n}" for n in ("passage", "translatedPassage")}
        self._stated: dict[str, _Stated] = defaultdict(_Stated)
        self._ours: set[str] = set()
        self._apart: set[str] = set()  # figures, and what the vocabulary itself defines
        self._links: set[tuple[str, str, str]] = set()
        self._too_many = False
        self.dates: dict[str, str] = {}
        self.numbers: dict[str, int] = {}

    def take(self, triple: Triple | Quad) -> None:
        subject, predicate, object_ = triple.subject, triple.predicate, triple.object
        if isinstance(subject, Triple) or isinstance(object_, Triple):
            return
        s, p = _id(subject), predicate.value
        if isinstance(object_, Literal):
            if p in _START:
                self.dates.setdefault(s, object_.value)
            elif p == f"{self._namespace}attemptNumber" and object_.value.isdigit():
                self.numbers[s] = int(object_.value)
            return
        o = _id(object_)
        if predicate == SUBJECT:
            self._stated[s].subject = o
        elif predicate == PREDICATE:
            self._stated[s].predicate = o
        elif predicate == OBJECT:
            self._stated[s].object = o
        elif predicate == TYPE:
            if o == self._statement:
                self._ours.add(s)
            elif o in _OBSERVATION:
                self._apart.add(s)
        elif p == f"{_RDFS}isDefinedBy":
            self._apart.add(s)
        elif p == f"{self._namespace}modality":
            self._stated[s].modality = o
        elif p in self._passages:
            self._stated[s].passages.append(o)
        elif not self._ours and not self._too_many:
            self._links.add((s, p, o))
            if len(self._links) > LINK_LIMIT:  # all the same if statements are yet to come
                self._too_many = True
                self._links.clear()

    def network(self) -> nx.MultiDiGraph[str]:
        network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        if not self._ours:
            if self._too_many:
                raise TooLargeForFormat("links", LINK_LIMIT)
            evidence = self._evidence()
            for s, p, o in self._links:
                if s not in evidence and o not in evidence:
                    _link(network, s, p, o)
        for iri, told in sorted(self._stated.items()):
            if told.subject is None or told.predicate is None or told.object is None:
                continue
            s, p, o = told.subject, told.predicate, told.object
            if self._ours and (iri not in self._ours or {s, o} & self._apart):
                continue
            if not self._ours and not network.has_edge(s, o, key=p):
                continue  # in RDF of others a statement alone asserts nothing
            _link(network, s, p, o)
            edge = network.edges[s, o, p]
            edge["statements"].append(iri)
            edge["passages"] += [one for one in told.passages if one not in edge["passages"]]
            edge["modality"] = name_from(told.modality).lower() if told.modality else "asserted"
        if network.number_of_edges() > LINK_LIMIT:
            raise TooLargeForFormat("links", LINK_LIMIT)
        return network

    def _evidence(self) -> set[str]:
        """What only says who says so: statements, passages, selectors."""
        selectors = {o for _, p, o in self._links if p == f"{_OA}hasSelector"}
        passages = {s for s, p, _ in self._links if p == f"{_OA}hasSelector"}
        return selectors | passages | set(self._stated)


def _id(node: Any) -> str:
    return node.value if isinstance(node, NamedNode) else str(node)


def _link(network: nx.MultiDiGraph[str], s: str, p: str, o: str) -> None:
    if not network.has_edge(s, o, key=p):
        network.add_edge(s, o, key=p, predicate=p, modality="", statements=[], passages=[])


def _iris(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    known = sorted(name for name in names if not name.startswith("_:"))
    for start in range(0, len(known), _BATCH):
        yield tuple(known[start : start + _BATCH])


def _name(network: nx.MultiDiGraph[str], engine: Engine, language: str) -> None:
    predicates = {data["predicate"] for *_, data in network.edges(data=True)}
    labels: dict[str, str] = {}
    for some in _iris({*network, *predicates}):
        labels |= labels_of(engine, some, language)
    for node, data in network.nodes(data=True):
        data["label"] = labels.get(node, node)
    for *_, data in network.edges(data=True):
        data["label"] = labels.get(data["predicate"], data["predicate"])


def _classify(network: nx.MultiDiGraph[str], engine: Engine) -> None:
    """Give each thing the most specific of its classes."""
    classes: dict[str, set[str]] = defaultdict(set)
    for some in _iris(network):
        values = " ".join(str(NamedNode(iri)) for iri in some)
        for row in engine.select(_CLASSES % values):
            classes[row["thing"].value].add(_id(row["class"]))
    above: dict[str, set[str]] = defaultdict(set)
    for some in _iris({one for own in classes.values() for one in own}):
        values = " ".join(str(NamedNode(iri)) for iri in some)
        for row in engine.select(_SUBCLASSES % values):
            if row["c"] != row["d"]:
                above[row["c"].value].add(_id(row["d"]))
    for node, data in network.nodes(data=True):
        own = classes.get(node, set())
        specific = sorted(own - {upper for one in own for upper in above[one]}) or sorted(own)
        data["class_iri"] = specific[0] if specific else None
        data["kind"] = name_from(specific[0]) if specific else ""


def _side(network: nx.MultiDiGraph[str], engine: Engine, namespace: str) -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for row in engine.select(_SIDES % namespace):
        found[_id(row["thing"])].add(row["side"].value)
    for node, data in network.nodes(data=True):
        sides = found.get(node, set())
        data["camp"] = next(iter(sides)) if len(sides) == 1 else None
