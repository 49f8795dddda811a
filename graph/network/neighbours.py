"""What a thing is linked to: by kind of link, the first of them, what connects several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from graph.layout import place_beside
from graph.network.drawing import short_labels
from graph.network.link import Group, Link, Links, Nearest, Wanted
from graph.network.thing import Catalogue
from graph.overlap import Position


@dataclass(frozen=True)
class Connecting:
    """Things that are linked to two or more of some, most linked first."""

    linked: dict[str, list[str]]
    links: list[Link]
    total: int


def groups_of(links: Links, iri: str) -> tuple[list[Group], bool]:
    """The links of a thing by kind, the most first, and whether all were counted.

    Raises `ResourceNotFound` when the dataset says nothing of it.
    """
    groups, complete = links.groups(iri)
    ranked = sorted(groups, key=lambda group: (-group.count, group.predicate, group.direction))
    return ranked, complete


def neighbours_of(
    links: Links, iri: str, wanted: Wanted, exclude: Collection[str]
) -> tuple[Nearest, list[Link]]:
    """The first new neighbours of a thing, and all links between them and what is there."""
    there = {iri, *exclude}
    found = links.nearest(iri, wanted, there)
    return found, links.among(found.things, there)


def connecting(links: Links, iris: Sequence[str], limit: int) -> Connecting:
    """What links two or more of some things to each other."""
    linked: dict[str, list[str]] = defaultdict(list)
    wanted = list(dict.fromkeys(iris))
    for iri in wanted:
        for other in links.around(iri).neighbours():
            if other not in wanted:
                linked[other].append(iri)
    found = [other for other, ends in linked.items() if len(ends) > 1]
    degrees = links.degrees(found)
    # Of two that link as many, the one with fewer links elsewhere says more.
    found.sort(key=lambda other: (-len(linked[other]), degrees.get(other, 0), other))
    shown = found[:limit]
    return Connecting(
        {other: linked[other] for other in shown}, links.among(shown, wanted), len(found)
    )


def places_beside(
    catalogue: Catalogue,
    iri: str,
    things: Sequence[str],
    places: Mapping[str, Position],
    language: str,
) -> dict[str, Position]:
    """Positions for new things near one that is on the page, overlapping nothing there."""
    labels = short_labels(catalogue, {iri, *things, *places}, language)
    held = dict(places)
    origin = held.setdefault(iri, (0.0, 0.0))
    return place_beside(
        origin,
        {each: labels[each] for each in things},
        {each: (place, labels[each]) for each, place in held.items()},
    )
