"""Exactly what a page shows: some things, the links between them, where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from graph.layout import place, separated
from graph.network.drawing import short_labels
from graph.network.link import Link, Links
from graph.network.thing import Catalogue
from graph.overlap import Position


@dataclass(frozen=True)
class View:
    """Things of the dataset, all links between them, and what was asked for but is not there."""

    things: list[str]
    links: list[Link]
    missing: list[str]


def view_of(links: Links, iris: Sequence[str]) -> View:
    """The things of some IRIs, in their order, and all links between them."""
    wanted = list(dict.fromkeys(iris))
    there = links.known(wanted)
    things = [iri for iri in wanted if iri in there]
    return View(things, links.among(things, ()), [iri for iri in wanted if iri not in there])


def places_of(
    catalogue: Catalogue,
    things: Sequence[str],
    links: Sequence[Link],
    places: Mapping[str, Position],
    language: str,
) -> dict[str, Position]:
    """A position for each thing: the one it has, else one that the layout finds among those."""
    held = {iri: places[iri] for iri in things if iri in places}
    if len(held) == len(things):
        return {iri: held[iri] for iri in things}
    network: nx.Graph[str] = nx.Graph()
    labels = short_labels(catalogue, things, language)
    for iri in things:
        network.add_node(iri, label=labels[iri])
    network.add_edges_from((link.subject, link.object) for link in links)
    sides = {"challenger": -1.0, "incumbent": 1.0}
    described = catalogue.things(things)
    pull = {iri: sides.get(described[iri].camp or "", 0.0) for iri in things}
    found = place(network, anchors={}, pull=pull, fixed=held)
    return {iri: held.get(iri, found[iri]) for iri in things}


def places_along(
    catalogue: Catalogue, paths: Sequence[Sequence[str]], language: str
) -> dict[str, Position]:
    """Paths from left to right, one below the other; a thing of several stands on the first."""
    step, line = 240.0, 120.0
    anchors: dict[str, Position] = {}
    longest = max((len(path) for path in paths), default=0)
    for number, path in enumerate(paths):
        for index, iri in enumerate(path):
            stretch = (longest - 1) / max(1, len(path) - 1)
            anchors.setdefault(iri, (index * stretch * step, number * line))
    if not paths:
        return anchors
    middle = (len(paths) - 1) * line / 2
    for end in (paths[0][0], paths[0][-1]):
        anchors[end] = (anchors[end][0], middle)
    return separated(anchors, short_labels(catalogue, anchors, language))
