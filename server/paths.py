"""JSON for the pages, with addresses beside IRIs."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, json
from pyoxigraph import NamedNode

from graph.errors import ResourceNotFound
from server.state import state


def path_of(iri: str) -> str:
    """The address on this host that tells about an IRI."""
    return state().local_path(iri) or f"/resource?iri={quote(iri, safe='')}"


def canonical(local: str) -> str:
    """The IRI at a path of ours. Raises `ResourceNotFound` when the path makes none."""
    iri = state().vocabulary.base + local
    try:
        return NamedNode(iri).value
    except ValueError as error:
        raise ResourceNotFound(iri) from error


def json_response(document: Any) -> Response:
    """JSON that depends on the edition and the reader's language."""
    body = json.dumps(document, ensure_ascii=False)
    response = Response(body, content_type="application/json")
    response.vary.update({"Accept-Language", "Cookie"})
    return response


def with_paths(value: Any) -> Any:
    """Give each `{"iri": …}` of a description its address on this host, in place."""
    if isinstance(value, dict):
        iri = value.get("iri")
        if isinstance(iri, str):
            value["path"] = path_of(iri)
        for item in value.values():
            with_paths(item)
    elif isinstance(value, list):
        for item in value:
            with_paths(item)
    return value
