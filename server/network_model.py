"""What the network's part of `/api` takes and answers."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pyoxigraph import NamedNode

from graph.layout import Shape
from server.api_model import Answer, Edge, Node

FAR = 1_000_000.0
THINGS = 2_000


def _iri(text: str) -> str:
    try:
        return NamedNode(text).value
    except ValueError as error:
        raise ValueError("it is no absolute IRI") from error


def _near(number: float) -> float:
    if not math.isfinite(number) or abs(number) > FAR:
        raise ValueError(f"it is no number between {-FAR:.0f} and {FAR:.0f}")
    return number


Iri = Annotated[
    str,
    AfterValidator(_iri),
    Field(max_length=2_000, examples=["https://shuangma.example/id/DingTalk"]),
]
Coordinate = Annotated[float, AfterValidator(_near)]
Places = Annotated[
    dict[Iri, tuple[Coordinate, Coordinate]],
    Field(max_length=THINGS, description="Where things stand: x and y in pixels."),
]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Parameters(BaseModel):
    """Parameters of an address; others, such as `lang`, are let pass."""


class ThingAsked(_Parameters):
    """One thing."""

    iri: Iri


class ArticleAsked(_Parameters):
    """All of the dataset, or one article."""

    article: str | None = Field(
        None,
        max_length=200,
        description="The slug of an article; without it, all.",
        examples=["ma-yun-social"],
    )


class NetworkAsked(ArticleAsked):
    """What the picture is of, and what it is made for."""

    shape: Shape = Field(
        "wide", description="`wide` for a window, `tall` for a screen that is held upright."
    )


class NeighboursAsked(_Asked):
    """Some neighbours of a thing that are not on the page yet."""

    iri: Iri
    predicate: Iri | None = Field(None, description="Only by links of this kind.")
    direction: Literal["out", "in"] | None = Field(
        None, description="Only by links from the thing, or to it."
    )
    order: Literal["degree", "date", "label"] = "degree"
    limit: int = Field(20, ge=1, le=200)
    exclude: list[Iri] = Field([], max_length=THINGS, description="What is on the page.")
    places: Places = {}


class PathsAsked(_Parameters):
    """Paths between two things."""

    model_config = ConfigDict(populate_by_name=True)

    from_: Iri = Field(alias="from")
    to: Iri
    limit: int = Field(3, ge=1, le=20)
    offset: int = Field(0, ge=0, le=200)


class ConnectingAsked(_Parameters):
    """What links several things to each other."""

    iri: list[Iri] = Field(min_length=2, max_length=20)
    limit: int = Field(50, ge=1, le=200)


class ViewAsked(_Asked):
    """Some things, and where some of them stand."""

    things: list[Iri] = Field(max_length=THINGS)
    places: Places = {}


class TakenView(_Asked):
    """What a page shows: its things, the edges that it draws, and its language."""

    things: list[Iri] = Field(max_length=THINGS)
    edges: list[Annotated[str, Field(max_length=6_002)]] | None = Field(
        None, max_length=20_000, description="The edges that are drawn; without it, all."
    )
    language: Literal["zh-Hant", "zh-Hans", "en"] | None = None
    places: Places = {}


class ConnectionGroup(Answer):
    """Links of one kind and direction."""

    predicate: str
    label: str
    direction: Literal["out", "in"]
    count: int


class Connections(Answer):
    """The links of a thing by kind, the most first."""

    edition: str
    iri: str
    label: str
    total: int
    groups: list[ConnectionGroup]
    complete: bool = Field(description="False where there are so many that not all were counted.")


class NeighboursTold(Answer):
    """New neighbours with places, and all edges between them and what was there."""

    edition: str
    iri: str
    nodes: list[Node]
    edges: list[Edge]
    total: int = Field(description="All neighbours of the kind that was asked for.")
    remaining: int = Field(description="Those neither excluded nor among the new ones.")
    order: Literal["degree", "date", "label", "iri"] = Field(
        description="The order that could be had; without an index, by label or IRI."
    )


class PathTold(Answer):
    """One path: its things in order, and for each step an edge."""

    things: list[str]
    edges: list[str]
    steps: list[list[str]] = Field(description="All edges of each step.")


class PathsTold(Answer):
    """Paths, the shortest first."""

    edition: str
    from_: str = Field(alias="from")
    to: str
    paths: list[PathTold]
    nodes: list[Node]
    edges: list[Edge]
    more: bool
    truncated: bool = Field(description="Time, size or length ended the search before all.")


class LinkedThing(Answer):
    """A thing, and those that it is linked to."""

    iri: str
    label: str
    linked: list[str]


class ConnectingTold(Answer):
    """What links several things, most linked first."""

    edition: str
    things: list[LinkedThing]
    nodes: list[Node]
    edges: list[Edge]
    total: int


class ViewTold(Answer):
    """Things, all edges between them, and what is not in this edition."""

    edition: str
    nodes: list[Node]
    edges: list[Edge]
    missing: list[str]


class Scope(Answer):
    """What was measured."""

    article: str | None
    things: int
    links: int
    complete: bool = Field(description="False where a sample of the links was measured.")


class Measured(Answer):
    """Each measure by the IRIs of things; communities are numbered by size."""

    degree: dict[str, int]
    betweenness: dict[str, float]
    pagerank: dict[str, float]
    community: dict[str, int]


class MeasuresTold(Answer):
    """The measures of a network; none while they are being made."""

    edition: str
    ready: bool
    scope: Scope | None
    measures: Measured | None


class TimelineEvent(Answer):
    """Something with a date."""

    iri: str
    label: str
    kind: str
    class_name: str | None = Field(None, alias="className")
    start: str
    end: str | None
    precision: Literal["year", "month", "day", "time"]
    camp: str | None
    number: int | None
    statements: list[str]


class TimelineTold(Answer):
    """What happened when, by date."""

    edition: str
    events: list[TimelineEvent]
    complete: bool


class EditionTold(Answer):
    """Whether an edition can still be asked."""

    name: str
    current: str = Field(description="The name of the edition that is current.")
    kept: bool
