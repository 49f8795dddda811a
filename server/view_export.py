"""What a page shows, to take away: as RDF with its evidence, as a network, as the query."""

from __future__ import annotations

from typing import TypeVar

from flask import Blueprint, Response, abort, request
from pydantic import ValidationError

from graph.errors import UnsupportedFormat
from graph.network.taking import (
    Taken,
    network_of_view,
    quads_of_view,
    query_of,
    triples_of_view,
)
from graph.network.view import view_of
from graph.network_format import NETWORK_FORMS, write_network
from graph.representation import Kind, formats_of
from server.language import choose
from server.network_model import TakenView
from server.protocol.message import FORM_TYPE
from server.state import state

blueprint = Blueprint("view_export", __name__)
V = TypeVar("V", bound=TakenView)

_NETWORK_TYPES = {
    "graphml": ("graphml", "application/graphml+xml"),
    "gexf": ("gexf", "application/gexf+xml"),
    "csv": ("zip", "application/zip"),
}
_QUERY_TYPE = "application/sparql-query"


@blueprint.post("/export/view.<suffix>")
def take(suffix: str) -> Response:
    """The things and edges of the request's body, and nothing else."""
    wish, network = view_sent(TakenView), state().network
    found = view_of(network.links, wish.things)
    drawn = None if wish.edges is None else frozenset(wish.edges)
    links = [link for link in found.links if drawn is None or link.id in drawn]
    taken = Taken(found.things, links)
    language = wish.language or choose()
    namespace, engine = network.namespace, network.engine
    if suffix == "rq":
        text = query_of(taken, namespace, state().vocabulary.prefixes)
        return _file(text.encode(), "rq", f"{_QUERY_TYPE}; charset=utf-8")
    if suffix in NETWORK_FORMS:
        model = network_of_view(engine, taken, network.catalogue, namespace, language)
        name, media_type = _NETWORK_TYPES[suffix]
        return _file(write_network(model, suffix, language), name, media_type)
    form = next(
        (each for each in formats_of(Kind.GRAPH, Kind.DATASET) if each.suffix == suffix), None
    )
    if form is None:
        known = [each.suffix for each in formats_of(Kind.GRAPH, Kind.DATASET)]
        raise UnsupportedFormat(suffix, ["rq", *NETWORK_FORMS, *known])
    writer = state().writer
    if form.kind is Kind.DATASET:
        body = writer.write_quads(quads_of_view(engine, taken, namespace), form)
    else:
        body = writer.write_triples(triples_of_view(engine, taken, namespace), form)
    return _file(body, form.suffix, form.content_type)


def _file(body: bytes, suffix: str, content_type: str) -> Response:
    response = Response(body, content_type=content_type)
    response.headers.set("Content-Disposition", "attachment", filename=f"view.{suffix}")
    response.headers["Shuangma-Edition"] = state().engine.edition
    response.cache_control.no_store = True
    return response


def view_sent(model: type[V]) -> V:
    """The view of the body: JSON, or a form whose field `view` is that JSON."""
    if request.mimetype == FORM_TYPE:
        request.max_form_memory_size = state().configuration.query_size_bytes
        text: str | bytes = request.form.get("view", "")
    else:
        text = request.get_data()
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        abort(400, f"“{place}” of the view: {first['msg']}.")
