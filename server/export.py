"""Downloads: everything, one article, one thing, one query's answer, in each format.

The whole dataset of a store on this machine is sent from files (`server.dumps`); here stand
the page, the parts, and the whole of another engine, which is asked anew each time.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple, parse

from graph.engine import NQUADS, NTRIPLES, Query, Wanted
from graph.errors import (
    InvalidIri,
    InvalidQuery,
    ResourceNotFound,
    TooLargeForFormat,
    UnsupportedFormat,
)
from graph.export import Setting, description_of, view_of, written
from graph.label import labels_of
from graph.reading import article_iris
from graph.representation import Format, Kind, format_named, formats_of
from graph.spool import Spool
from server.caching import with_etag
from server.language import choose
from server.paths import canonical
from server.state import state
from server.wsgi import spool_response

blueprint = Blueprint("export", __name__, url_prefix="/export")

_VIEWS = (Kind.EVIDENCE, Kind.NETWORK, Kind.TABLES)
_FORMATS = formats_of(Kind.GRAPH, Kind.DATASET, *_VIEWS)
_OF_THINGS = formats_of(Kind.GRAPH, *_VIEWS)
_OF_ANSWERS = (*formats_of(Kind.SOLUTIONS), *_OF_THINGS)
# What is put in order, or seen as a network, is held in memory meanwhile.
_HELD_BYTES = 64 * 1024 * 1024


def offers(
    path: str, forms: tuple[Format, ...] = _FORMATS, query: str = ""
) -> list[dict[str, str]]:
    """The downloads of one thing, article or the whole: name, address, media type."""
    return [
        {
            "name": form.label,
            "kind": form.kind.value,
            "url": f"/export/{path}.{form.suffix}{query}",
            "media_type": form.media_type,
        }
        for form in forms
    ]


@blueprint.get("/")
@blueprint.get("", endpoint="index_bare")
def index() -> str:
    """What can be downloaded."""
    engine = state().engine
    titles = labels_of(engine, article_iris(engine), choose())
    articles = [
        {"title": title, "offers": offers(f"article/{iri.rpartition('/')[2]}")}
        for iri, title in titles.items()
    ]
    catalogue = state().description.catalogue.of(engine, request.host_url.rstrip("/"))
    return render_template(
        "export/index.html",
        whole=offers("dataset"),
        packed=not state().configuration.is_remote,
        articles=articles,
        catalogue=catalogue,
        described=catalogue.document(choose()),
    )


@blueprint.get("/<path:name>")
def download(name: str) -> Response:
    """`article/<slug>.ttl`, `id/<name>.ttl`, and so on."""
    stem, form = _split(name, _FORMATS)
    if stem == "dataset":
        response = _answer(_whole(form), form)
    elif stem.startswith("article/"):
        response = _answer(_graph(canonical(f"graph/{stem.removeprefix('article/')}"), form), form)
    else:
        response = _answer(_thing(canonical(stem), form), form)
    return with_etag(_named(response, stem.rpartition("/")[2], form))


@blueprint.get("/resource.<path:suffix>")
def resource(suffix: str) -> Response:
    """One thing, of anyone's: `/export/resource.ttl?iri=…`."""
    _, form = _split(f"resource.{suffix}", _OF_THINGS)
    iri = request.args.get("iri", "")
    try:
        NamedNode(iri)
    except ValueError as error:
        raise InvalidIri(iri) from error
    return with_etag(_named(_answer(_thing(iri, form), form), "resource", form))


@blueprint.route("/query.<path:suffix>", methods=["GET", "POST"])
def answer(suffix: str) -> Response:
    """One query's answer: `/export/query.graphml?query=CONSTRUCT…`."""
    _, form = _split(f"query.{suffix}", _OF_ANSWERS)
    queries = request.values.getlist("query")
    if len(queries) != 1 or not queries[0].strip():
        raise InvalidQuery("Send one query as ?query=…")
    union = state().configuration.default_graph == "union"
    views = form.kind in _VIEWS
    asked = NTRIPLES if views else form
    other = UnsupportedFormat(form.name, _of_other_kind(form))
    wanted = Wanted(form, other) if form.kind is Kind.SOLUTIONS else Wanted(other, asked)
    found = state().backend.strangers().answer(Query(queries[0], union), wanted)
    if not views:
        return _named(_answer(found.spool, form), "answer", form)
    with found.spool as spool:
        quads = list(parse(_held(spool), RdfFormat.N_TRIPLES))
    return _named(_answer(view_of(quads, state().engine, form, setting()), form), "answer", form)


def setting() -> Setting:
    """What an export of this request says beside the data."""
    here = state()
    return Setting(
        here.writer,
        here.vocabulary.namespace,
        here.vocabulary.base,
        choose(),
        here.engine.edition,
        license=here.description.catalogue.license_of(here.engine),
    )


def _of_other_kind(form: Format) -> list[str]:
    other = Kind.GRAPH if form.kind is Kind.SOLUTIONS else Kind.SOLUTIONS
    return [f".{each.suffix}" for each in formats_of(other)]


def _split(name: str, forms: tuple[Format, ...]) -> tuple[str, Format]:
    for form in sorted(forms, key=lambda each: -len(each.suffix)):
        if name.endswith(f".{form.suffix}"):
            return name.removesuffix(f".{form.suffix}"), form
    stem, _, suffix = name.rpartition(".")
    kinds = tuple(dict.fromkeys(each.kind for each in forms))
    try:
        return stem, format_named(suffix, *kinds)
    except UnsupportedFormat:
        pass
    asked = request.args.get("format")
    if asked:
        return name, format_named(asked, *kinds)
    suffixes = ", ".join(f".{each.suffix}" for each in forms)
    abort(404, f"“{name}” names no download. End it with one of {suffixes}.")
    return None


def _answer(body: bytes | Spool, form: Format) -> Response:
    if isinstance(body, Spool):
        response = spool_response(body, form.content_type)
    else:
        response = Response(body, content_type=form.content_type)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Shuangma-Edition"] = state().engine.edition
    if form.kind in {Kind.NETWORK, Kind.TABLES}:
        response.vary.update({"Accept-Language", "Cookie"})
    return response


def _named(response: Response, stem: str, form: Format) -> Response:
    """Say what the file shall be called: it tells the edition."""
    filename = f"{stem}-{state().engine.edition}.{form.suffix}"
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response


def _held(spool: Spool) -> bytes:
    if spool.size > _HELD_BYTES:
        raise TooLargeForFormat("bytes", _HELD_BYTES)
    return spool.read()


def _whole(form: Format) -> bytes | Spool:
    """All of it, asked anew."""
    engine = state().engine
    if form.kind in {Kind.GRAPH, Kind.DATASET}:
        return engine.dump(form)
    with engine.dump(NQUADS) as spool:
        quads = list(parse(_held(spool), RdfFormat.N_QUADS))
    return view_of(quads, engine, form, setting())


def _graph(iri: str, form: Format) -> bytes | Spool:
    """A named graph. Raises `ResourceNotFound`."""
    engine, node = state().engine, NamedNode(iri)
    with engine.dump(NTRIPLES, node) as spool:
        if not spool.size:
            raise ResourceNotFound(iri)
        if spool.size > _HELD_BYTES and form.kind is Kind.GRAPH:
            return engine.dump(form, node)
        quads = [
            Quad(q.subject, q.predicate, q.object, node)
            for q in parse(_held(spool), RdfFormat.N_TRIPLES)
        ]
    return _made(quads, form)


def _thing(iri: str, form: Format) -> bytes:
    """A thing with its evidence. Raises `ResourceNotFound`."""
    if form.kind is Kind.DATASET:
        raise UnsupportedFormat(form.name, [each.name for each in _OF_THINGS])
    triples: list[Triple] = description_of(state().engine, iri, state().vocabulary.namespace)
    if not triples:
        raise ResourceNotFound(iri)
    return _made([Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in triples], form)


def _made(quads: list[Quad], form: Format) -> bytes:
    told: Any = setting()
    if form.kind in _VIEWS:
        return view_of(quads, state().engine, form, told)
    return written(quads, form, told)
