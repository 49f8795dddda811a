"""Requests of the SPARQL 1.1 Protocol and the Graph Store Protocol."""

from __future__ import annotations

import re
from typing import IO
from urllib.parse import urlencode, urlsplit, urlunsplit

from pyoxigraph import DefaultGraph, NamedNode

from graph.engine import QueryDataset
from graph.remote.transport import Request

_FORM = "application/x-www-form-urlencoded"
_UPDATE = "application/sparql-update"
# Turtle: every graph store has to read it or RDF/XML, and N-Triples are Turtle.
_UPLOAD = "text/turtle"
# What may stand before a query's first word: comments, IRIs, prefixes, pragmas in quotes.
_FIRST_WORD = re.compile(
    r"""\#[^\r\n]* | <[^>]*> | "[^"]*" | [\w.-]*: | \b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def query_form(text: str) -> str | None:
    r"""SELECT, ASK, CONSTRUCT or DESCRIBE; None where the text is none of them.

    An engine is asked for a format of the right kind alone: Virtuoso writes solutions as
    RDF for whoever accepts both.

    >>> query_form("PREFIX ask: <http://example.org/#select> # describe\nCONSTRUCT { } {}")
    'CONSTRUCT'
    """
    found = (match[1] for match in _FIRST_WORD.finditer(text))
    return next((word.upper() for word in found if word), None)


def query_request(
    address: str, text: str, accept: str, dataset: QueryDataset | None = None
) -> Request:
    """A query in a posted form: no length limits it, and every engine takes it."""
    fields = [("query", text), *_graphs(dataset, "default-graph-uri", "named-graph-uri")]
    headers = {"Accept": accept, "Content-Type": _FORM}
    return Request("POST", address, headers, urlencode(fields).encode())


def update_request(
    address: str, text: str, using: QueryDataset | None = None, *, is_safe: bool = False
) -> Request:
    """An update, posted directly: servers limit forms, at 200 kB many of them."""
    named = urlencode(_graphs(using, "using-graph-uri", "using-named-graph-uri"))
    headers = {"Accept": "*/*", "Content-Type": f"{_UPDATE}; charset=utf-8"}
    return Request("POST", _with(address, named), headers, text.encode(), is_safe)


def graph_request(
    method: str,
    address: str,
    name: NamedNode | DefaultGraph,
    accept: str = "*/*",
    upload: tuple[IO[bytes], int] | None = None,
) -> Request:
    """A request about one graph; `upload` is Turtle and its size in bytes."""
    parameter = urlencode({"graph": name.value}) if isinstance(name, NamedNode) else "default"
    place = _with(address, parameter)
    if upload is None:
        return Request(method, place, {"Accept": accept}, None, method in {"GET", "HEAD"})
    file, size = upload
    headers = {"Accept": accept, "Content-Type": _UPLOAD, "Content-Length": str(size)}
    return Request(method, place, headers, file, is_safe=False)


def _graphs(dataset: QueryDataset | None, default: str, named: str) -> list[tuple[str, str]]:
    if dataset is None:
        return []
    in_default = [(default, name.value) for name in dataset.default]
    return in_default + [(named, name.value) for name in dataset.named]


def _with(address: str, parameters: str) -> str:
    parts = urlsplit(address)
    query = "&".join(filter(None, [parts.query, parameters]))
    return urlunsplit(parts._replace(query=query, fragment=""))
