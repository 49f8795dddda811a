"""The dataset as a network: things, and the facts that link them.

A networkx graph is the model; pyvis turns it into the nodes, edges and options
that vis-network draws. Positions come from `layout`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import networkx as nx
from pyoxigraph import NamedNode
from pyvis.network import Network

from graph.engine import Engine
from graph.label import labels_of, name_from
from graph.layout import Position, place

JSON = dict[str, Any]

# What the story is about at first sight; the legend brings in the rest.
_SHOWN_AT_FIRST = frozenset(
    {
        "Person",
        "Company",
        "Organization",
        "GovernmentOrganization",
        "SoftwareApplication",
        "Platform",
        "AppStore",
        "Attempt",
    }
)
_SHAPES = {
    "Person": "dot",
    "Company": "box",
    "Organization": "box",
    "GovernmentOrganization": "box",
    "SoftwareApplication": "ellipse",
    "Platform": "hexagon",
    "AppStore": "hexagon",
    "Feature": "triangle",
    "Group": "database",
    "Market": "square",
    "Circumstance": "text",
    "Audience": "triangleDown",
    "Attempt": "star",
}
_EVENT_SHAPE = "diamond"
NODE_LIMIT = 400

_PREFIXES = """
PREFIX sm: <%s>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
"""

_STATED = """
SELECT ?statement ?s ?p ?o ?modality WHERE {
  ?statement a sm:Statement ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ;
    sm:modality ?modality %s .
  FILTER(isIRI(?o))
  FILTER NOT EXISTS { ?s a schema:Observation }
  FILTER NOT EXISTS { ?o a schema:Observation }
  FILTER NOT EXISTS { ?o rdfs:isDefinedBy ?ontology }
}
ORDER BY ?s ?p ?o ?statement
"""

_PLAIN = """
SELECT DISTINCT ?s ?p ?o WHERE {
  ?s ?p ?o .
  FILTER(isIRI(?s) && isIRI(?o) && ?p != rdf:type)
}
LIMIT 20000
"""

_CLASSES = """
SELECT DISTINCT ?thing ?class WHERE { VALUES ?thing { %s } ?thing a ?class }
"""

_SUBCLASSES = "SELECT ?c ?d WHERE { ?c rdfs:subClassOf ?d }"

_DATES = "SELECT ?thing ?date WHERE { VALUES ?thing { %s } ?thing schema:startDate ?date }"

_NUMBERS = "SELECT ?thing ?number WHERE { ?thing sm:attemptNumber ?number }"

_SIDES = """
SELECT DISTINCT ?thing ?side WHERE {
  VALUES (?role ?side) { (sm:attemptedBy 1) (sm:against 2) }
  ?attempt ?role ?root .
  ?thing (sm:belongsTo|sm:controls)* ?root .
}
"""


def read_network(
    engine: Engine, namespace: str, article: str | None = None
) -> nx.MultiDiGraph[str]:
    """The things and links that statements make, of one article or of all.

    Where there are no statements, as in RDF of others, all links between IRIs serve,
    of the things with most links. Nodes bear `class_iri`, `kind`, `date`, `number`
    and `camp`; edges bear `predicate`, `modality` and `statements`.
    """
    prefixes = _PREFIXES % namespace
    network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    where = f"; sm:article {NamedNode(article)}" if article else ""
    for row in engine.select(prefixes + _STATED % where):
        _link(network, row["s"].value, row["p"].value, row["o"].value, row["modality"].value)
        edge = network.edges[row["s"].value, row["o"].value, row["p"].value]
        edge["statements"].append(row["statement"].value)
    if not network and not article:
        for row in engine.select(prefixes + _PLAIN):
            _link(network, row["s"].value, row["p"].value, row["o"].value, "")
        if len(network) > NODE_LIMIT:
            ranked = sorted(network, key=lambda node: (-network.degree(node), node))
            network = nx.MultiDiGraph(network.subgraph(ranked[:NODE_LIMIT]))
    _classify(engine, network, prefixes)
    return network


def _link(network: nx.MultiDiGraph[str], s: str, p: str, o: str, modality: str) -> None:
    if s != o and not network.has_edge(s, o, key=p):
        network.add_edge(s, o, key=p, predicate=p, modality=modality, statements=[])


def _classify(engine: Engine, network: nx.MultiDiGraph[str], prefixes: str) -> None:
    if not network:
        return
    things = " ".join(str(NamedNode(node)) for node in sorted(network))
    above: dict[str, set[str]] = defaultdict(set)
    for row in engine.select(prefixes + _SUBCLASSES):
        above[row["c"].value].add(row["d"].value)
    classes: dict[str, set[str]] = defaultdict(set)
    for row in engine.select(prefixes + _CLASSES % things):
        classes[row["thing"].value].add(row["class"].value)
    dates = {
        row["thing"].value: row["date"].value for row in engine.select(prefixes + _DATES % things)
    }
    numbers = {
        row["thing"].value: int(row["number"].value) for row in engine.select(prefixes + _NUMBERS)
    }
    camps = _camps(
        (row["thing"].value, row["side"].value) for row in engine.select(prefixes + _SIDES)
    )
    for node, data in network.nodes(data=True):
        own = classes[node]
        general = {upper for each in own for upper in _all_above(each, above) if upper != each}
        specific = sorted(own - general) or sorted(own)
        data["class_iri"] = specific[0] if specific else None
        data["kind"] = name_from(specific[0]) if specific else ""
        lineage = {name_from(iri) for each in own for iri in {each, *_all_above(each, above)}}
        data["is_event"] = "Event" in lineage
        data["date"] = dates.get(node)
        data["number"] = numbers.get(node)
        data["camp"] = camps.get(node)


def _all_above(iri: str, above: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    pending = [iri]
    while pending:
        for upper in above.get(pending.pop(), set()):
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


def picture(engine: Engine, network: nx.MultiDiGraph[str], language: str) -> JSON:
    """The network as vis-network draws it: nodes with places, named edges, classes, options."""
    predicates = {data["predicate"] for *_, data in network.edges(data=True)}
    modalities = {data["modality"] for *_, data in network.edges(data=True)} - {""}
    classes = {data["class_iri"] for _, data in network.nodes(data=True)} - {None}
    labels = labels_of(engine, {*network, *predicates, *modalities, *classes}, language)
    for node, data in network.nodes(data=True):
        data["label"] = _shorten(labels[node])
        data["shown"] = _is_shown(network, data)
    positions = _positions(network)
    model = Network(directed=True, cdn_resources="local")
    for node in sorted(network):
        data, (x, y) = network.nodes[node], positions[node]
        model.add_node(
            node,
            label=data["label"],
            title=None,
            shape=_shape(data),
            x=x,
            y=y,
            physics=False,
            kind=data["kind"],
            camp=data["camp"],
            className=labels.get(data["class_iri"] or "", ""),
            date=data["date"],
            number=data["number"],
            shown=data["shown"],
            degree=network.degree(node),
            **{"class": data["class_iri"]},
        )
    for s, o, p in sorted(network.edges(keys=True)):
        data = network.edges[s, o, p]
        model.add_edge(
            s,
            o,
            id=f"{s} {p} {o}",
            predicate=p,
            label=labels[p],
            modality=name_from(data["modality"]).lower() if data["modality"] else "asserted",
            statements=data["statements"],
        )
    model.toggle_physics(False)
    counts = Counter(data["class_iri"] for _, data in network.nodes(data=True))
    kinds = {
        data["class_iri"]: (data["kind"], data["is_event"]) for _, data in network.nodes(data=True)
    }
    shown_classes = {data["class_iri"] for _, data in network.nodes(data=True) if data["shown"]}
    return {
        "edition": engine.edition,
        "language": language,
        "nodes": model.nodes,
        "edges": model.edges,
        "camps": _camp_names(network, labels),
        "classes": [
            {
                "class": iri,
                "kind": kinds[iri][0],
                "event": kinds[iri][1],
                "label": labels.get(iri or "", "") or "—",
                "count": counts[iri],
                "shown": iri in shown_classes,
            }
            for iri in sorted(counts, key=lambda c: (c not in shown_classes, -counts[c], c or ""))
        ],
        "options": {
            "physics": {"enabled": False},
            "interaction": {"hover": True, "multiselect": False, "keyboard": False},
            "layout": {"improvedLayout": False},
        },
    }


def _camp_names(network: nx.MultiDiGraph[str], labels: Mapping[str, str]) -> dict[str, str]:
    """Each camp by the organization of it that most things are linked to."""
    names: dict[str, str] = {}
    ranked = sorted(network, key=lambda node: (-network.degree(node), node))
    for wanted in (True, False):
        for node in ranked:
            data = network.nodes[node]
            if data["camp"] and (data["kind"] in {"Company", "Organization"} or not wanted):
                names.setdefault(data["camp"], labels[node])
    return names


def _is_shown(network: nx.MultiDiGraph[str], data: Mapping[str, Any]) -> bool:
    kinds = {each["kind"] for _, each in network.nodes(data=True)}
    return data["kind"] in _SHOWN_AT_FIRST or not kinds & _SHOWN_AT_FIRST


def _shape(data: Mapping[str, Any]) -> str:
    if data["is_event"]:
        return _EVENT_SHAPE
    return _SHAPES.get(data["kind"], "ellipse")


def _shorten(label: str, limit: int = 32) -> str:
    return label if len(label) <= limit else label[: limit - 1] + "…"


def _positions(network: nx.MultiDiGraph[str]) -> dict[str, Position]:
    """Attempts in a column in their order, the camps at their sides, the rest around them."""
    sides = {"challenger": -1.0, "incumbent": 1.0}
    pull = {node: sides.get(data["camp"] or "", 0.0) for node, data in network.nodes(data=True)}
    shown = [node for node, data in network.nodes(data=True) if data["shown"]]
    attempts = sorted(
        (data["number"], node) for node, data in network.nodes(data=True) if data["number"]
    )
    step = 1.7 / max(1, len(attempts) - 1)
    anchors: dict[str, Position] = {
        node: (0.1 if index % 2 else -0.1, -0.85 + step * index)
        for index, (_, node) in enumerate(attempts)
    }
    first = network.subgraph(shown)
    positions = place(first, anchors={n: p for n, p in anchors.items() if n in first}, pull=pull)
    if len(positions) < len(network):
        positions = place(network, anchors={}, pull=pull, fixed=positions)
    return positions
