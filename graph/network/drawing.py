"""Things and links as vis-network draws them, in pyvis's model of nodes and edges."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from graph.label import name_from
from graph.network.link import Link
from graph.network.thing import Catalogue, Thing
from graph.overlap import Position

JSON = dict[str, Any]

# What the story is about at first sight; the legend brings in the rest.
SHOWN_AT_FIRST = frozenset(
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
_COLOR = "#97c2fc"


def short_labels(catalogue: Catalogue, iris: Iterable[str], language: str) -> dict[str, str]:
    """The labels of things as the picture writes them."""
    return {iri: shortened(label) for iri, label in catalogue.labels(iris, language).items()}


def shortened(label: str, limit: int = 32) -> str:
    """A label that fits into the picture."""
    return label if len(label) <= limit else label[: limit - 1] + "…"


def draw(
    catalogue: Catalogue,
    positions: Mapping[str, Position],
    links: Sequence[Link],
    degrees: Mapping[str, int],
    language: str,
) -> tuple[list[JSON], list[JSON]]:
    """The nodes of things that have positions, and the edges of links, as they are drawn."""
    things = catalogue.things(positions)
    classes = {thing.class_iri for thing in things.values() if thing.class_iri}
    predicates = {link.predicate for link in links}
    labels = catalogue.labels({*positions, *classes, *predicates}, language)
    return draw_nodes(things, positions, degrees, labels), draw_edges(links, labels)


def draw_nodes(
    things: Mapping[str, Thing],
    positions: Mapping[str, Position],
    degrees: Mapping[str, int],
    labels: Mapping[str, str],
    hidden: Collection[str] = (),
) -> list[JSON]:
    """A node for each thing that has a position, in the order of the positions."""
    return [
        _node(iri, place, things[iri], labels, degrees.get(iri, 0), shown=iri not in hidden)
        for iri, place in positions.items()
    ]


def _node(
    iri: str,
    place: Position,
    thing: Thing,
    labels: Mapping[str, str],
    degree: int,
    *,
    shown: bool,
) -> JSON:
    from pyvis.node import Node  # it brings IPython with it: not before something is drawn

    options: JSON = Node(
        iri,
        shape_of(thing),
        shortened(labels[iri]) or iri,
        color=_COLOR,
        title=None,
        x=place[0],
        y=place[1],
        physics=False,
        kind=thing.kind,
        camp=thing.camp,
        className=labels.get(thing.class_iri or "", ""),
        date=thing.date,
        number=thing.number,
        shown=shown,
        degree=degree,
        **{"class": thing.class_iri},
    ).options
    return options


def draw_edges(links: Sequence[Link], labels: Mapping[str, str]) -> list[JSON]:
    """An edge for each link, in the links' order."""
    from pyvis.edge import Edge

    return [
        Edge(
            link.subject,
            link.object,
            directed=True,
            id=link.id,
            predicate=link.predicate,
            label=labels[link.predicate],
            modality=modality_name(link),
            statements=list(link.statements),
        ).options
        for link in links
    ]


def modality_name(link: Link) -> str:
    """How a link is said: `asserted`, `attributed`, `forecast`, `disputed`."""
    return name_from(link.modality).lower() if link.modality else "asserted"


def shape_of(thing: Thing) -> str:
    """The shape of a thing's kind, the same on every page."""
    return _EVENT_SHAPE if thing.is_event else _SHAPES.get(thing.kind, "ellipse")


def degrees_within(things: Iterable[str], links: Iterable[Link]) -> dict[str, int]:
    """How many of these links each thing has."""
    found = dict.fromkeys(things, 0)
    for link in links:
        for iri in (link.subject, link.object):
            if iri in found:
                found[iri] += 1
    return found
