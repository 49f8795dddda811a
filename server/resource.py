"""Things by their IRIs: 303 to a page or to data, and both of them.

Cool URIs for the Semantic Web, section 4.2 (303 URIs forwarding to different documents).
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from flask import Blueprint, Response, redirect, request
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from graph.description import describe
from graph.document import document_of
from graph.errors import InvalidIri, ResourceNotFound, UnsupportedFormat
from graph.representation import Format, Kind, format_named, formats_of
from server.absence import nothing_about
from server.api_model import Facts, OfThing
from server.caching import by_edition, with_etag
from server.language import choose
from server.negotiation import negotiate, wants_page
from server.openapi import documented
from server.paths import canonical, json_response, with_paths
from server.response_cache import Kept
from server.state import state
from server.thing_page import links_page, page_of, thing_page
from server.wsgi import spool_response

blueprint = Blueprint("resource", __name__)

# A graph of more triples is written by a reader as it is, without putting it in order.
_SORTED_TRIPLES = 20_000

_IN_GRAPH = "SELECT ?s WHERE { GRAPH $this { ?s ?p ?o } } LIMIT %d"


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
    """The page about one of our things, or of its facts of one predicate: `?predicate=IRI`."""
    return _page(canonical(local))


@blueprint.get("/data/<path:local>")
def data(local: str) -> Response:
    """The data about one of our things, in the format that is wanted."""
    stem, form = _split_suffix(local)
    return _data(canonical(stem), form or negotiate(Kind.GRAPH))


@blueprint.get("/resource")
def resource() -> Response:
    """The page or the data about any IRI of anyone's: `/resource?iri=…`."""
    iri = _iri_asked("iri")
    if wants_page() or not request.accept_mimetypes.provided:
        return by_edition(_page)(iri)
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
    iri = _iri_asked("iri")
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


def _iri_asked(name: str) -> str:
    """An IRI among the request's parameters. Raises `InvalidIri`."""
    iri = request.args.get(name, "")
    try:
        return NamedNode(iri).value
    except ValueError as error:
        raise InvalidIri(iri) from error


def alternates_of(iri: str) -> list[dict[str, str]]:
    """Where the data about an IRI are, in each format."""
    local = state().local_path(iri)
    if local and "#" not in local:
        address = f"{local}."
    else:
        address = f"/resource?iri={quote(iri, safe='')}&format="
    forms = [(form, address + form.suffix) for form in formats_of(Kind.GRAPH)]
    return [{"name": form.label, "url": url, "media_type": form.media_type} for form, url in forms]


def link_to(response: Response, alternates: Iterable[dict[str, str]], page: str) -> Response:
    """Name other representations in the headers (RFC 8288), and the page that is the usual one."""
    response.headers.add("Link", f'<{page}>; rel="canonical"')
    for each in alternates:
        response.headers.add(
            "Link", f'<{each["url"]}>; rel="alternate"; type="{each["media_type"]}"'
        )
    return response


def _page(iri: str) -> Response:
    alternates, address = alternates_of(iri), page_of(iri)
    try:
        html = links_page(iri, address) if "predicate" in request.args else None
        html = html or thing_page(iri, address, alternates)
    except ResourceNotFound:
        return nothing_about(iri)
    response = Response(html, mimetype="text/html")
    response.vary.add("Accept")
    return link_to(response, alternates, address)


def _data(iri: str, form: Format) -> Response:
    node, engine = NamedNode(iri), state().engine
    if len(engine.select(_IN_GRAPH % (_SORTED_TRIPLES + 1), this=node)) > _SORTED_TRIPLES:
        body = spool_response(engine.dump(form, node), form.content_type)
        return with_etag(_linked(body, iri))
    return by_edition(_described)(iri, form)


def _described(iri: str, form: Format) -> Response:
    triples = _triples_about(iri)
    if not triples:
        return nothing_about(iri)
    body = state().writer.write_triples(triples, form)
    return _linked(Response(body, content_type=form.content_type), iri)


def _triples_about(iri: str) -> list[Triple]:
    """What the document of an IRI holds; who asks for one format often asks for another."""
    here = state()
    key = (here.engine.edition, "description", iri)
    kept = here.cache.get(key)
    if kept is not None:
        return [quad.triple for quad in parse(kept.body, RdfFormat.N_TRIPLES)]
    triples = document_of(here.engine, iri, here.vocabulary.namespace)
    lines = "".join(f"{triple} .\n" for triple in triples).encode()
    here.cache.put(key, Kept(lines, "application/n-triples", (), ()))
    return triples


def _linked(response: Response, iri: str) -> Response:
    response.vary.add("Accept")
    page = {"name": "", "url": page_of(iri), "media_type": "text/html"}
    return link_to(response, [page, *alternates_of(iri)], page["url"])
