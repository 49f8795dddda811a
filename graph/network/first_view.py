"""What the network page shows at first, and the links that it is chosen from.

That is one article's network, all of a small dataset, or the things of a large one that have
most links. What is not shown is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

import networkx as nx
from pyoxigraph import NamedNode

from graph.engine import Engine
from graph.label import labels_of
from graph.layout import Shape, place
from graph.network.asked import AskedLinks
from graph.network.drawing import JSON, SHOWN_AT_FIRST, draw_edges, draw_nodes, shortened
from graph.network.link import (
    PREFIXES,
    SPOKEN,
    STATED,
    Link,
    Links,
    Ranking,
    rows,
    stated_links,
)
from graph.network.loaded import STATED_LIMIT, LoadedLinks, has_statements, read_links
from graph.network.thing import Catalogue, Thing
from graph.overlap import Position

NODE_LIMIT = 400
PLAIN_NODE_LIMIT = 120
FIRST_THINGS = 60
MANY_THINGS = 30_000
_MEASURED = 100_000
_CANDIDATES = 500
_HUBS = 12
_OF_EACH_HUB = 4

_PLAIN = """
SELECT ?s ?p ?o WHERE {
  ?s ?p ?o . FILTER(?p != rdf:type && ?s != ?o && isIRI(?o) && isIRI(?s))
}
LIMIT %d
"""


def open_links(engine: Engine, namespace: str, ranking: Ranking | None = None) -> Links:
    """All links of an edition: in memory where they are few, else asked for.

    An index, where there is one, says at once that they are not few.
    """
    stated = has_statements(engine, namespace)
    if ranking is not None and ranking.count() > MANY_THINGS:
        return AskedLinks(engine, namespace, ranking=ranking, stated=stated)
    links, complete = read_links(engine, namespace, stated=stated)
    if not complete:
        return AskedLinks(engine, namespace, links, stated=stated)
    return LoadedLinks(engine, namespace, links, stated=stated)


def read_network(
    engine: Engine, namespace: str, article: str | None = None, links: Links | None = None
) -> nx.MultiDiGraph[str]:
    """The things and links of the first view, of one article or of all.

    Statements make the network; where there are none, as in RDF of others, all links between
    IRIs do. Of a network that is too large to be drawn, the things with most links. Nodes bear
    `class_iri`, `kind`, `date`, `number` and `camp`; edges bear `predicate`, `modality` and
    `statements`; the graph's `total` is how many things there are in all, or at least.
    """
    if article:
        where = f"; sm:article {NamedNode(article)}"
        query = STATED % (SPOKEN, where) + f"LIMIT {STATED_LIMIT}"
        found = stated_links(rows(engine, PREFIXES % namespace + query))
        network = _drawable(network_of(found), NODE_LIMIT)
    else:
        links = links or open_links(engine, namespace)
        network = _of_all(links)
    _classify(engine, namespace, network)
    return network


def sampled_links(
    engine: Engine, namespace: str, *, stated: bool
) -> tuple[list[tuple[str, str, str]], bool]:
    """The links of a large dataset as triples, and whether they are all that there are."""
    query = STATED % (SPOKEN, "") + f"LIMIT {_MEASURED + 1}" if stated else _PLAIN % (_MEASURED + 1)
    found = rows(engine, PREFIXES % namespace + query)
    triples = [(row[1], row[2], row[3]) if stated else (row[0], row[1], row[2]) for row in found]
    return triples[:_MEASURED], len(triples) <= _MEASURED


def network_of(links: Iterable[Link]) -> nx.MultiDiGraph[str]:
    """Links as a networkx graph; each edge's key is its predicate."""
    network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for link in links:
        network.add_edge(
            link.subject,
            link.object,
            key=link.predicate,
            predicate=link.predicate,
            modality=link.modality,
            statements=list(link.statements),
        )
    network.graph["total"] = len(network)
    return network


def links_in(network: nx.MultiDiGraph[str]) -> list[Link]:
    """The links of a network, in order."""
    return [
        Link(s, p, o, data["modality"], tuple(data["statements"]))
        for s, o, p, data in sorted(network.edges(keys=True, data=True), key=lambda edge: edge[:3])
    ]


def _of_all(links: Links) -> nx.MultiDiGraph[str]:
    if isinstance(links, LoadedLinks):
        found = links.all()
        if stated := [link for link in found if link.statements]:
            return _drawable(network_of(stated), NODE_LIMIT)
        return _drawable(network_of(found), PLAIN_NODE_LIMIT)
    assert isinstance(links, AskedLinks)
    # Triples lie in the store by a hash of their subject: the first ones are a fair sample.
    leading = links.leading(_CANDIDATES)
    among = network_of(links.among(leading, ()))
    chosen = leading[:FIRST_THINGS]
    within = among.subgraph(chosen)
    if sum(1 for _, degree in within.degree() if degree) < len(chosen) // 2:
        chosen = _around_hubs(among, leading)
    inside = set(chosen)
    drawn = [link for link in links_in(among) if {link.subject, link.object} <= inside]
    network = network_of(drawn)
    network.add_nodes_from(chosen)
    ranking = links.ranking
    least = {end for link in links.sample for end in (link.subject, link.object)}
    network.graph["total"] = ranking.count() if ranking is not None else len(least)
    network.graph["settled"] = ranking is not None
    network.graph["degrees"] = links.degrees(chosen)
    return network


def _around_hubs(network: nx.MultiDiGraph[str], leading: list[str]) -> list[str]:
    """Hubs that are not linked to each other, each with those of the next that it is linked to."""
    rank = {iri: number for number, iri in enumerate(leading)}
    hubs = [iri for iri in leading if iri in network][:_HUBS] or leading[:_HUBS]
    found = dict.fromkeys(hubs)
    for hub in hubs:
        beside = set(nx.all_neighbors(network, hub)) if hub in network else set()
        found |= dict.fromkeys(sorted(beside - found.keys(), key=rank.__getitem__)[:_OF_EACH_HUB])
    return list(found)


def _drawable(network: nx.MultiDiGraph[str], limit: int) -> nx.MultiDiGraph[str]:
    """A network, or the things with most links of one that is too large."""
    if len(network) <= limit:
        return network
    ranked = sorted(network, key=lambda node: (-network.degree(node), node))
    smaller: nx.MultiDiGraph[str] = nx.MultiDiGraph(network.subgraph(ranked[:FIRST_THINGS]))
    smaller.graph["total"] = len(network)
    smaller.graph["degrees"] = {node: network.degree(node) for node in smaller}
    return smaller


def _classify(engine: Engine, namespace: str, network: nx.MultiDiGraph[str]) -> None:
    things = Catalogue(engine, namespace).things(list(network))
    for node, data in network.nodes(data=True):
        thing = things[node]
        data.update({each.name: getattr(thing, each.name) for each in fields(Thing)})


def is_settled(network: nx.MultiDiGraph[str]) -> bool:
    """Whether the next one to ask would be shown the same."""
    return bool(network.graph.get("settled", True))


def picture(
    engine: Engine, network: nx.MultiDiGraph[str], language: str, shape: Shape = "wide"
) -> JSON:
    """The network as vis-network draws it: nodes with places, named edges, classes, options."""
    classes = {data["class_iri"] for _, data in network.nodes(data=True)} - {None}
    predicates = {data["predicate"] for *_, data in network.edges(data=True)}
    labels = labels_of(engine, {*network, *classes, *predicates}, language)
    kinds_here = {data["kind"] for _, data in network.nodes(data=True)}
    hidden = set()
    for node, data in network.nodes(data=True):
        data["label"] = shortened(labels[node])
        data["shown"] = data["kind"] in SHOWN_AT_FIRST or not kinds_here & SHOWN_AT_FIRST
        if not data["shown"]:
            hidden.add(node)
    positions = _positions(network, shape)
    links = links_in(network)
    degrees = {node: network.degree(node) for node in network} | network.graph.get("degrees", {})
    counts = Counter(data["class_iri"] for _, data in network.nodes(data=True))
    kinds = {
        data["class_iri"]: (data["kind"], data["is_event"]) for _, data in network.nodes(data=True)
    }
    shown_classes = {data["class_iri"] for _, data in network.nodes(data=True) if data["shown"]}
    ordered = {node: positions[node] for node in sorted(network)}
    return {
        "edition": engine.edition,
        "language": language,
        "nodes": draw_nodes(_things_in(network), ordered, degrees, labels, hidden),
        "edges": draw_edges(links, labels),
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
        "total": {
            "things": network.graph["total"],
            "shown": len(network),
            "atLeast": not is_settled(network),
        },
    }


def _things_in(network: nx.MultiDiGraph[str]) -> dict[str, Thing]:
    return {
        node: Thing(*(data[each.name] for each in fields(Thing)))
        for node, data in network.nodes(data=True)
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


def _positions(network: nx.MultiDiGraph[str], shape: Shape) -> dict[str, Position]:
    """Attempts in a column in their order, the camps at their sides, the rest around them."""
    sides = {"challenger": -1.0, "incumbent": 1.0}
    pull = {node: sides.get(data["camp"] or "", 0.0) for node, data in network.nodes(data=True)}
    shown = [node for node, data in network.nodes(data=True) if data["shown"]]
    attempts = sorted(
        (data["number"], node) for node, data in network.nodes(data=True) if data["number"]
    )
    step = 1.7 / max(1, len(attempts) - 1)
    anchors: dict[str, Any] = {
        node: (0.1 if index % 2 else -0.1, -0.85 + step * index)
        for index, (_, node) in enumerate(attempts)
    }
    first = network.subgraph(shown)
    within = {node: at for node, at in anchors.items() if node in first}
    positions = place(first, anchors=within, pull=pull, shape=shape)
    if len(positions) < len(network):
        positions = place(network, anchors={}, pull=pull, fixed=positions, shape=shape)
    return positions
