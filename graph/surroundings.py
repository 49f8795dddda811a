"""The nearest neighbours of one thing as a small network, with places for a picture.

Seeded, so that it is the same for everyone. Knows no class and no ontology.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx
from pyoxigraph import NamedNode

from graph.engine import Engine, Solution
from graph.layout import place
from graph.overlap import label_box

JSON = dict[str, Any]

NEIGHBOURS = 14
_LABEL_LENGTH = 22
_FONT_PX = 15.0

# Links that everything of a vocabulary has, and that say nothing of it.
_UNTOLD = frozenset({"http://www.w3.org/2000/01/rdf-schema#isDefinedBy"})

_AMONG = """
SELECT DISTINCT ?a ?p ?b WHERE { VALUES ?a { %s } VALUES ?b { %s } ?a ?p ?b FILTER(?a != ?b) }
LIMIT 200
"""


@dataclass(frozen=True)
class Surroundings:
    """A thing, its neighbours, and the triples among them, as (subject, predicate, object)."""

    center: str
    neighbours: tuple[str, ...]
    total: int
    triples: tuple[tuple[str, str, str], ...]

    @property
    def iris(self) -> set[str]:
        """All whose labels the picture needs."""
        return {self.center, *self.neighbours, *(p for _, p, _ in self.triples)}

    def placed(self, labels: Mapping[str, str]) -> JSON | None:
        """Nodes with places and boxes in pixels, edges between them; None without neighbours."""
        if not self.neighbours:
            return None
        network: nx.Graph[str] = nx.Graph()
        for iri in (self.center, *self.neighbours):
            network.add_node(iri, label=_short(labels[iri]))
        network.add_edges_from((s, o) for s, _, o in self.triples)
        places = place(network, anchors={self.center: (0.0, 0.0)}, pull={})
        nodes = []
        for iri in (self.center, *self.neighbours):
            width, height = label_box(network.nodes[iri]["label"], _FONT_PX)
            x, y = places[iri]
            nodes.append(
                {
                    "iri": iri,
                    "label": labels[iri],
                    "short": network.nodes[iri]["label"],
                    "x": x,
                    "y": y,
                    "width": round(width, 1),
                    "height": round(height, 1),
                    "isCenter": iri == self.center,
                }
            )
        between: dict[tuple[str, str], list[str]] = defaultdict(list)
        for s, p, o in self.triples:
            between[s, o].append(labels[p])
        edges = [
            {"from": s, "to": o, "labels": sorted(set(own))} for (s, o), own in between.items()
        ]
        return {"nodes": nodes, "edges": edges, "total": self.total}


def surroundings(engine: Engine, node: NamedNode, triples: Iterable[Solution]) -> Surroundings:
    """The neighbours of a thing among its triples, those with most links to it first.

    Of as many, those that it names come before those that name it, one predicate after another.
    """
    linked: dict[str, list[tuple[int, str]]] = defaultdict(list)
    seen: dict[str, int] = defaultdict(int)
    for t in triples:
        other = t["o"] if t["s"] == node else t["s"]
        if isinstance(other, NamedNode) and other != node and t["p"].value not in _UNTOLD:
            way = "out" if t["s"] == node else "in"
            key = f"{way} {t['p'].value}"
            linked[other.value].append((seen[key], way))
            seen[key] += 1
    ranked = sorted(
        linked,
        key=lambda iri: (-len(linked[iri]), min(rank for rank, _ in linked[iri]), iri),
    )
    near = tuple(ranked[:NEIGHBOURS])
    if not near:
        return Surroundings(node.value, (), 0, ())
    values = " ".join(str(NamedNode(iri)) for iri in (node.value, *near))
    found = engine.select(_AMONG % (values, values))
    links = ((row["a"].value, row["p"].value, row["b"].value) for row in found)
    among = tuple(sorted(link for link in links if link[1] not in _UNTOLD))
    return Surroundings(node.value, near, len(ranked), among)


def _short(label: str) -> str:
    return label if len(label) <= _LABEL_LENGTH else label[: _LABEL_LENGTH - 1] + "…"
