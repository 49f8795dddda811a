"""What crawlers are told: robots.txt and sitemaps (https://www.sitemaps.org/protocol.html).

A sitemap lists the pages of an edition, 50,000 a file; past that `/sitemap.xml` is an index.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, request

from server.caching import with_etag
from server.paths import path_of
from server.response_cache import Kept
from server.state import state

blueprint = Blueprint("sitemap", __name__)

ADDRESSES = 50_000
_FILES = 20
_PAGES = ("/", "/explore", "/ontology", "/sparql", "/export")
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_ORIGIN = b"\0"  # stands for the host in what is kept: no XML has it

_THINGS = """
SELECT DISTINCT ?thing WHERE { ?thing a ?class FILTER(isIRI(?thing)) } OFFSET %d LIMIT %d
"""

_COUNT = """
SELECT (COUNT(*) AS ?n) WHERE {
  { SELECT DISTINCT ?thing WHERE { ?thing a ?class FILTER(isIRI(?thing)) } LIMIT %d }
}
"""

_CLOSED = ("/api/", "/update", "/store", "/l/", "/sparql?", "/healthz", "/metrics")


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Pages may be crawled; queries and what programs use may not."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _CLOSED), "Allow: /"]
    lines += ["", f"Sitemap: {_origin()}/sitemap.xml", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """All pages, or the files that list them."""
    files = _files(state().engine.edition)
    return _part(1) if files == 1 else _answer("index", lambda: _index(files))


@blueprint.get("/sitemap-<int:number>.xml")
def sitemap_part(number: int) -> Response:
    """One file of several."""
    if not 1 <= number <= _files(state().engine.edition):
        abort(404)
    return _part(number)


def _part(number: int) -> Response:
    return _answer(f"part {number}", lambda: _addresses(number))


def _answer(name: str, make: object) -> Response:
    here = state()
    key = (here.engine.edition, "sitemap", name)
    kept = here.cache.get(key)
    if kept is None:
        assert callable(make)
        kept = Kept(make(), "application/xml", (), ())
        here.cache.put(key, kept)
    body = kept.body.replace(_ORIGIN, _origin().encode())
    return with_etag(Response(body, content_type=kept.content_type), _origin())


@lru_cache(maxsize=4)
def _files(_edition: str) -> int:
    most = ADDRESSES * _FILES
    count = int(state().engine.select(_COUNT % most)[0]["n"].value)
    return max(1, -(-(count + len(_PAGES)) // ADDRESSES))


def _index(files: int) -> bytes:
    origin = _ORIGIN.decode()
    parts = "".join(
        f"<sitemap><loc>{origin}/sitemap-{number}.xml</loc></sitemap>\n"
        for number in range(1, files + 1)
    )
    return _document("sitemapindex", parts)


def _addresses(number: int) -> bytes:
    """The fixed pages and the first things in the first file, then as many things a file."""
    start = (number - 1) * ADDRESSES - (len(_PAGES) if number > 1 else 0)
    limit = ADDRESSES - (len(_PAGES) if number == 1 else 0)
    rows = state().engine.select(_THINGS % (start, limit))
    paths = [*(_PAGES if number == 1 else ()), *map(_path, (row["thing"].value for row in rows))]
    origin = _ORIGIN.decode()
    known = dict.fromkeys(path for path in paths if path)
    return _document(
        "urlset", "".join(f"<url><loc>{origin}{escape(p)}</loc></url>\n" for p in known)
    )


def _path(iri: str) -> str | None:
    """The page that a crawler is to read: none for what is a part of another page."""
    base = state().vocabulary.base
    local = iri.removeprefix(base)
    if local == iri:
        return path_of(iri)
    if "#" in local:
        return None
    return quote(f"/{local}" if local.startswith("article/") else f"/page/{local}", safe="/:,;@")


def _document(root: str, inside: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<{root} xmlns="{_NAMESPACE}">\n{inside}</{root}>\n'.encode()


def _origin() -> str:
    return escape(request.host_url.rstrip("/"))
