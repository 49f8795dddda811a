"""The network's part of `/api`: what a thing is linked to, and how; never more than is asked."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from graph.errors import ArticleNotFound
from graph.network.drawing import degrees_within, draw
from graph.network.link import Link, Wanted
from graph.network.neighbours import connecting, groups_of, neighbours_of, places_beside
from graph.network.path import find_paths
from graph.network.timeline import timeline_of
from graph.network.view import places_along, places_of, view_of
from graph.overlap import Position
from graph.reading import article_iris
from server.caching import by_edition
from server.language import choose
from server.network_model import (
    ArticleAsked,
    ConnectingAsked,
    ConnectingTold,
    Connections,
    EditionTold,
    MeasuresTold,
    NeighboursAsked,
    NeighboursTold,
    PathsAsked,
    PathsTold,
    ThingAsked,
    TimelineTold,
    ViewAsked,
    ViewTold,
)
from server.networks import OpenNetwork
from server.openapi import asked, documented, sent
from server.paths import canonical, json_response
from server.state import state

blueprint = Blueprint("network", __name__)

_RETRY_S = 2


def _drawn(
    network: OpenNetwork,
    positions: dict[str, Position],
    links: list[Link],
) -> dict[str, Any]:
    """Nodes and edges; a thing's degree is that in the dataset, or here where none is known."""
    degrees = degrees_within(positions, links) | network.links.degrees(list(positions))
    nodes, edges = draw(network.catalogue, positions, links, degrees, choose())
    return {"nodes": nodes, "edges": edges}


@blueprint.get("/api/connections")
@by_edition
@documented(
    summary="A thing's links by kind, direction and count",
    query=ThingAsked,
    answer=Connections,
    errors=[404],
)
def connections() -> Response:
    """What a thing is linked by, the most first."""
    iri, network = asked(ThingAsked).iri, state().network
    groups, complete = groups_of(network.links, iri)
    labels = network.catalogue.labels({iri, *(group.predicate for group in groups)}, choose())
    return json_response(
        {
            "edition": network.engine.edition,
            "iri": iri,
            "label": labels[iri],
            "total": sum(group.count for group in groups),
            "groups": [
                {
                    "predicate": group.predicate,
                    "label": labels[group.predicate],
                    "direction": group.direction,
                    "count": group.count,
                }
                for group in groups
            ],
            "complete": complete,
        }
    )


@blueprint.post("/api/neighbours")
@documented(
    summary="The first neighbours of a thing that are not on the page",
    body=NeighboursAsked,
    answer=NeighboursTold,
    errors=[404],
)
def neighbours() -> Response:
    """New neighbours in a named order, with places that overlap nothing."""
    wish, network, language = sent(NeighboursAsked), state().network, choose()
    wanted = Wanted(wish.predicate, wish.direction, wish.order, wish.limit)
    found, links = neighbours_of(network.links, wish.iri, wanted, wish.exclude)
    positions = places_beside(network.catalogue, wish.iri, found.things, wish.places, language)
    return json_response(
        {
            "edition": network.engine.edition,
            "iri": wish.iri,
            **_drawn(network, positions, links),
            "total": found.total,
            "remaining": found.remaining,
            "order": found.order,
            "complete": found.complete,
        }
    )


@blueprint.post("/api/view")
@documented(summary="Some things and all edges between them", body=ViewAsked, answer=ViewTold)
def view() -> Response:
    """Things with the places that they have or that the layout finds."""
    wish, network, language = sent(ViewAsked), state().network, choose()
    found = view_of(network.links, wish.things)
    positions = places_of(network.catalogue, found.things, found.links, wish.places, language)
    return json_response(
        {
            "edition": network.engine.edition,
            **_drawn(network, positions, found.links),
            "missing": found.missing,
        }
    )


@blueprint.get("/api/paths")
@by_edition
@documented(
    summary="Paths between two things, the shortest first",
    query=PathsAsked,
    answer=PathsTold,
    errors=[404],
)
def paths() -> Response:
    """Undirected simple paths; each edge names its statements."""
    wish, network, language = asked(PathsAsked), state().network, choose()
    found = find_paths(network.links, wish.from_, wish.to, limit=wish.limit, offset=wish.offset)
    along = [path.things for path in found.paths]
    positions = places_along(network.catalogue, along, language)
    response = json_response(
        {
            "edition": network.engine.edition,
            "from": wish.from_,
            "to": wish.to,
            "paths": [
                {
                    "things": path.things,
                    "edges": [step[0].id for step in path.steps if step],
                    "steps": [[link.id for link in step] for step in path.steps],
                }
                for path in found.paths
            ],
            **_drawn(network, positions, found.links),
            "more": found.more,
            "truncated": found.truncated,
        }
    )
    # What time cut off may be found by the next one to ask.
    if found.truncated:
        response.cache_control.no_store = True
    return response


@blueprint.get("/api/connecting")
@by_edition
@documented(
    summary="What links several things to each other",
    query=ConnectingAsked,
    answer=ConnectingTold,
    errors=[404],
)
def connecting_things() -> Response:
    """What is linked to two or more of some things, most linked first."""
    wish, network, language = asked(ConnectingAsked), state().network, choose()
    found = connecting(network.links, wish.iri, wish.limit)
    things = [*dict.fromkeys(wish.iri), *found.linked]
    positions = places_of(network.catalogue, things, found.links, {}, language)
    labels = network.catalogue.labels(found.linked, language)
    return json_response(
        {
            "edition": network.engine.edition,
            "things": [
                {"iri": iri, "label": labels[iri], "linked": ends}
                for iri, ends in found.linked.items()
            ],
            **_drawn(network, positions, found.links),
            "total": found.total,
        }
    )


@blueprint.get("/api/timeline")
@by_edition
@documented(summary="What happened when", query=ArticleAsked, answer=TimelineTold, errors=[404])
def timeline() -> Response:
    """Dated things, by date."""
    network, language = state().network, choose()
    found = timeline_of(network.engine, network.namespace, article_of(asked(ArticleAsked)))
    iris = [each.iri for each in found.events]
    things = network.catalogue.things(iris)
    classes = {thing.class_iri for thing in things.values() if thing.class_iri}
    labels = network.catalogue.labels({*iris, *classes}, language)
    return json_response(
        {
            "edition": network.engine.edition,
            "events": [
                {
                    "iri": each.iri,
                    "label": labels[each.iri],
                    "kind": things[each.iri].kind,
                    "className": labels.get(things[each.iri].class_iri or "", ""),
                    "start": each.start,
                    "end": each.end,
                    "precision": each.precision,
                    "camp": things[each.iri].camp,
                    "number": things[each.iri].number,
                    "statements": each.statements,
                }
                for each in found.events
            ],
            "complete": found.complete,
        }
    )


@blueprint.get("/api/measures")
@by_edition
@documented(
    summary="Degree, betweenness, PageRank and communities",
    query=ArticleAsked,
    answer=MeasuresTold,
    also={202: "They are being made; Retry-After says when to come back."},
    errors=[404],
)
def measures() -> Response:
    """The measures of the network that `/api/network` draws, or of a large one's links."""
    article = article_of(asked(ArticleAsked))
    network = state().network
    found = network.measured(article)
    if found is None:
        response = json_response(
            {"edition": network.engine.edition, "ready": False, "scope": None, "measures": None}
        )
        response.status_code = 202
        response.headers["Retry-After"] = str(_RETRY_S)
        return response
    scope = {
        "article": request.args.get("article") or None,
        "things": found.things,
        "links": found.links,
        "complete": found.complete,
    }
    return json_response(
        {
            "edition": network.engine.edition,
            "ready": True,
            "scope": scope,
            "measures": found.measures,
        }
    )


@blueprint.get("/api/editions/<name>")
@documented(
    summary="Whether an edition is still kept",
    answer=EditionTold,
    errors=[404],
    path={"name": {"description": "Its name: six digits or more.", "pattern": "^[0-9]{6,}$"}},
)
def edition(name: str) -> Response:
    """The edition that a link names, and the one that is current."""
    here = state()
    told = {
        "name": name,
        "current": here.backend.edition(),
        "kept": here.backend.keeps(name),
    }
    response = json_response(told)
    response.cache_control.no_store = True
    return response


def article_of(wish: ArticleAsked) -> str | None:
    """The IRI of the article whose slug was asked for, if one was. Raises `ArticleNotFound`."""
    if not wish.article:
        return None
    iri = canonical(f"article/{wish.article}")
    if iri not in article_iris(state().engine):
        raise ArticleNotFound(f"There is no article “{wish.article}” here.")
    return iri
