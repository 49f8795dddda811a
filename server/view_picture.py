"""What a page shows, to take away as one HTML file that works offline, with its evidence."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal

from flask import Blueprint, Response
from pydantic import Field

from graph.errors import ViewTooLarge
from graph.network.drawing import degrees_within, draw
from graph.network.view import places_of, view_of
from server.language import choose
from server.network_model import Coordinate, TakenView
from server.picture_file import FACTS_LIMIT, carried, write
from server.state import state
from server.view_export import view_sent

blueprint = Blueprint("view_picture", __name__)


class PicturedView(TakenView):
    """What a page shows, where it is looked at from, and what its panels have changed."""

    camera: tuple[Coordinate, Coordinate, Annotated[float, Field(gt=0, le=100)]] | None = None
    parts: dict[
        Literal["time", "measure"],
        Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=2)]
        | dict[Literal["size", "colour"], Annotated[str, Field(max_length=40)]],
    ] = Field(default_factory=dict)


@blueprint.post("/export/view.html")
def take() -> Response:
    """The things and edges of the request's body, with their facts and the article's text."""
    wish = view_sent(PicturedView)
    network, language = state().network, choose()
    found = view_of(network.links, wish.things)
    if len(found.things) > FACTS_LIMIT:
        raise ViewTooLarge(len(found.things), FACTS_LIMIT)
    drawn = None if wish.edges is None else frozenset(wish.edges)
    links = [link for link in found.links if drawn is None or link.id in drawn]
    positions = places_of(network.catalogue, found.things, links, wish.places, language)
    degrees = degrees_within(positions, links)
    nodes, edges = draw(network.catalogue, positions, links, degrees, language)
    document = {
        "edition": network.engine.edition,
        "language": language,
        "nodes": nodes,
        "edges": edges,
        "classes": _classes(nodes),
        "camps": _camps(nodes),
        "total": {"things": len(nodes), "shown": len(nodes)},
    }
    link = {"edition": "", "camera": wish.camera, "changes": {"parts": wish.parts}}
    response = Response(write(carried(document, None) | {"link": link}), mimetype="text/html")
    response.headers.set("Content-Disposition", "attachment", filename="view.html")
    response.headers["Shuangma-Edition"] = network.engine.edition
    response.cache_control.no_store = True
    return response


def _classes(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The classes of nodes, those of most first; all of them are shown."""
    counts = Counter(node["class"] for node in nodes)
    one = {node["class"]: node for node in nodes}
    return [
        {
            "class": iri,
            "kind": one[iri]["kind"],
            "event": one[iri]["shape"] == "diamond",
            "label": one[iri]["className"] or "—",
            "count": counts[iri],
            "shown": True,
        }
        for iri in sorted(counts, key=lambda each: (-counts[each], each or ""))
    ]


def _camps(nodes: list[dict[str, Any]]) -> dict[str, str]:
    """Each camp by the organization of it that most nodes are linked to."""
    names: dict[str, str] = {}
    for wanted in (True, False):
        for node in sorted(nodes, key=lambda each: (-each["degree"], each["id"])):
            if node["camp"] and (node["kind"] in {"Company", "Organization"} or not wanted):
                names.setdefault(node["camp"], node["label"])
    return names
