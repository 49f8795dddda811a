"""Things by their IRIs: 303 to a page or to data, and both of them.

Cool URIs for the Semantic Web, section 4.2 (303 URIs forwarding to different documents).
"""

from __future__ import annotations

import difflib

from flask import Blueprint, Response, abort, redirect, render_template, request
from pyoxigraph import NamedNode

from graph.description import describe
from graph.errors import ResourceNotFound, UnsupportedFormat
from graph.export import description_of
from graph.representation import Format, Kind, format_named, formats_of
from server.api_model import Facts, OfThing
from server.caching import by_edition
from server.errors import problem
from server.language import choose, message
from server.negotiation import negotiate, wants_page
from server.openapi import documented
from server.paths import canonical, json_response, path_of, with_paths
from server.state import state

blueprint = Blueprint("resource", __name__)

_NAMES = """
SELECT DISTINCT ?thing WHERE { ?thing ?p ?o FILTER(STRSTARTS(STR(?thing), "%s")) } LIMIT 20000
"""


@blueprint.get("/<any(id,statement,observation,annotation,graph):kind>/<path:name>")
def thing(kind: str, name: str) -> Response:
    """Send to the page or the data of a thing; a suffix names the data's format."""
    local = f"{kind}/{name}"
    stem, form = _split_suffix(local)
    if form:
        return _data(canonical(stem), form)
    if wants_page():
        return _see_other(f"/page/{local}")
    return _see_other(f"/data/{local}")


@blueprint.get("/page/<path:local>")
@by_edition
def page(local: str) -> Response:
    """The page about one of our things."""
    return _page(canonical(local))


@blueprint.get("/data/<path:local>")
@by_edition
def data(local: str) -> Response:
    """The data about one of our things, in the format that is wanted."""
    stem, form = _split_suffix(local)
    return _data(canonical(stem), form or negotiate(Kind.GRAPH))


@blueprint.get("/resource")
@by_edition
def resource() -> Response:
    """The page or the data about any IRI of anyone's: `/resource?iri=…`."""
    iri = request.args.get("iri", "")
    try:
        NamedNode(iri)
    except ValueError:
        abort(400, f"“{iri}” is no absolute IRI. Write /resource?iri=https://…")
    if wants_page() or not request.accept_mimetypes.provided:
        return _page(iri)
    return _data(iri, negotiate(Kind.GRAPH))


@blueprint.get("/api/facts")
@documented(
    summary="All that is said of a thing, with its evidence",
    query=OfThing,
    answer=Facts,
    errors=(400, 404),
)
@by_edition
def facts() -> Response:
    """All that is said of a thing, with the evidence, as JSON."""
    iri = request.args.get("iri", "")
    try:
        NamedNode(iri)
    except ValueError:
        abort(400, f"“{iri}” is no absolute IRI. Write ?iri=https://…")
    found = describe(state().engine, iri, state().vocabulary.namespace, choose())
    return json_response(with_paths(found))


def _see_other(path: str) -> Response:
    query = request.query_string.decode()
    response = redirect(f"{path}?{query}" if query else path, code=303)
    response.vary.add("Accept")
    return response  # type: ignore[return-value]


def _split_suffix(local: str) -> tuple[str, Format | None]:
    """A name and the format that its suffix asks for, when the thing has no such name itself."""
    stem, dot, suffix = local.rpartition(".")
    if not dot:
        return local, None
    try:
        form = format_named(suffix, Kind.GRAPH)
    except UnsupportedFormat:
        return local, None
    return (stem, form) if suffix == form.suffix else (local, None)


def _alternates(iri: str) -> list[dict[str, str]]:
    local = state().local_path(iri)
    address = f"{local}." if local else f"{path_of(iri)}&format="
    forms = [(form, address + form.suffix) for form in formats_of(Kind.GRAPH)]
    return [{"name": form.label, "url": url, "media_type": form.media_type} for form, url in forms]


def _page(iri: str) -> Response:
    try:
        found = describe(state().engine, iri, state().vocabulary.namespace, choose())
    except ResourceNotFound as error:
        return _nothing_about(error)
    alternates = _alternates(iri)
    html = render_template("resource/page.html", thing=with_paths(found), alternates=alternates)
    response = Response(html, mimetype="text/html")
    for alternate in alternates:
        response.headers.add(
            "Link", f'<{alternate["url"]}>; rel="alternate"; type="{alternate["media_type"]}"'
        )
    return response


def _data(iri: str, form: Format) -> Response:
    triples = description_of(state().engine, iri, state().vocabulary.namespace)
    if not triples:
        return _nothing_about(ResourceNotFound(iri))
    body = state().writer.write_triples(triples, form)
    response = Response(body, content_type=form.content_type)
    response.vary.add("Accept")
    return response


def _nothing_about(error: ResourceNotFound) -> Response:
    words = message("error.no_resource", choose()).format(iri=error.iri)
    return problem(404, str(error), words, suggestions=_near(error.iri))


def _near(iri: str) -> list[dict[str, str]]:
    """Things whose names are near to one that is not here."""
    base = state().vocabulary.base
    if not iri.startswith(f"{base}id/"):
        return []
    rows = state().engine.select(_NAMES % f"{base}id/")
    names = {row["thing"].value.removeprefix(f"{base}id/"): row["thing"].value for row in rows}
    folded = {name.lower(): name for name in names}
    asked = iri.removeprefix(f"{base}id/").lower()
    near = difflib.get_close_matches(asked, folded, n=5, cutoff=0.5)
    return [{"iri": names[folded[name]], "label": folded[name]} for name in near]
