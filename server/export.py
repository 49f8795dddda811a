"""Downloads: everything, one article, one thing, in each format."""

from __future__ import annotations

from functools import lru_cache

from flask import Blueprint, Response, abort, render_template, request

from graph.engine import Engine
from graph.errors import ResourceNotFound, UnsupportedFormat
from graph.export import description_of, everything, named_graph, triples_of
from graph.label import labels_of
from graph.reading import article_iris
from graph.representation import Format, Kind, Writer, format_named, formats_of
from server.caching import with_etag
from server.language import choose
from server.paths import canonical
from server.state import state

blueprint = Blueprint("export", __name__, url_prefix="/export")

_FORMATS = formats_of(Kind.GRAPH, Kind.DATASET)


def offers(path: str) -> list[dict[str, str]]:
    """The downloads of one thing, article or the whole: name, address, media type."""
    return [
        {
            "name": form.label,
            "kind": form.kind.value,
            "url": f"/export/{path}.{form.suffix}",
            "media_type": form.media_type,
        }
        for form in _FORMATS
    ]


@blueprint.get("/")
@blueprint.get("", endpoint="index_bare")
def index() -> str:
    """What can be downloaded."""
    titles = labels_of(state().engine, article_iris(state().engine), choose())
    articles = [
        {"title": title, "offers": offers(f"article/{iri.rpartition('/')[2]}")}
        for iri, title in titles.items()
    ]
    return render_template("export/index.html", whole=offers("dataset"), articles=articles)


@blueprint.get("/<path:name>")
def download(name: str) -> Response:
    """`dataset.ttl`, `article/<slug>.ttl`, `id/<name>.ttl`, and so on."""
    stem, form = _split(name)
    if stem == "dataset":
        body = _whole(state().engine, form, state().writer)
    elif stem.startswith("article/"):
        slug = stem.removeprefix("article/")
        body = _written(f"graph/{slug}", form)
    else:
        body = _described(stem, form)
    response = Response(body, content_type=form.content_type)
    filename = f"{stem.rpartition('/')[2]}.{form.suffix}"
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return with_etag(response)


def _split(name: str) -> tuple[str, Format]:
    for form in sorted(_FORMATS, key=lambda each: -len(each.suffix)):
        if name.endswith(f".{form.suffix}"):
            return name.removesuffix(f".{form.suffix}"), form
    asked = request.args.get("format")
    if asked:
        return name, format_named(asked, Kind.GRAPH, Kind.DATASET)
    suffixes = ", ".join(f".{each.suffix}" for each in _FORMATS)
    abort(404, f"“{name}” names no download. End it with one of {suffixes}.")
    return None


@lru_cache(maxsize=16)
def _whole_of(edition: str, name: str) -> bytes:
    """The whole dataset in one format, kept for the edition that is current."""
    engine, writer = state().engine, state().writer
    form = format_named(name, Kind.GRAPH, Kind.DATASET)
    quads = everything(engine)
    if form.kind is Kind.DATASET:
        return writer.write_quads(quads, form)
    return writer.write_triples(triples_of(quads), form)


def _whole(engine: Engine, form: Format, writer: Writer) -> bytes:
    return _whole_of(engine.edition, form.name)


def _written(local: str, form: Format) -> bytes:
    iri = canonical(local)
    quads = named_graph(state().engine, iri)
    if not quads:
        raise ResourceNotFound(iri)
    if form.kind is Kind.DATASET:
        return state().writer.write_quads(quads, form)
    return state().writer.write_triples(triples_of(quads), form)


def _described(local: str, form: Format) -> bytes:
    iri = canonical(local)
    if form.kind is Kind.DATASET:
        raise UnsupportedFormat(form.name, [each.name for each in formats_of(Kind.GRAPH)])
    triples = description_of(state().engine, iri, state().vocabulary.namespace)
    if not triples:
        raise ResourceNotFound(iri)
    return state().writer.write_triples(triples, form)
