"""What is answered outside `/api`'s views, for the OpenAPI document: the protocols of SPARQL.

Their own standards say the rest; here stands what a program needs to call them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph.representation import Format, Kind, formats_of
from server.openapi import FORM_TYPE, JSON_TYPE, LANGUAGE_PARAMETER, problem_response

JSON = dict[str, Any]
_SPARQL = "https://www.w3.org/TR/sparql11-protocol/"
_GRAPH_STORE = "https://www.w3.org/TR/sparql11-http-rdf-update/"
_TOKEN: list[JSON] = [{"token": []}]


def protocols() -> dict[str, JSON]:
    """The paths of the protocols, as OpenAPI has them."""
    return {
        "/sparql": {"get": _query("get"), "post": _query("post")},
        "/update": {"post": _update()},
        "/store": {
            "get": _graph("get", "Read a graph, or the whole dataset", 200, (404, 406)),
            "put": _graph("put", "Replace a graph", 204, (401, 403, 409, 413, 415)),
            "post": _graph("post", "Add to a graph", 204, (401, 403, 409, 413, 415)),
            "delete": _graph("delete", "Remove a graph", 204, (401, 403, 404)),
        },
        "/api/queries/{id}": {
            "delete": {
                "summary": "End a query that runs or waits, or an update that runs",
                "operationId": "deleteApiQueriesId",
                "tags": ["api"],
                "parameters": [
                    {
                        "name": "id",
                        "in": "path",
                        "required": True,
                        "description": "What the Query-Id header of its answer or request says.",
                        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
                    }
                ],
                "responses": {
                    "204": {"description": "It is ended."},
                    **_errors(400, 404, 500),
                },
            }
        },
    }


_VIEWS = (Kind.EVIDENCE, Kind.NETWORK, Kind.TABLES)


def downloads() -> dict[str, JSON]:
    """The paths of downloads, as OpenAPI has them."""
    everything = formats_of(Kind.GRAPH, Kind.DATASET, *_VIEWS)
    things = formats_of(Kind.GRAPH, *_VIEWS)
    answers = (*formats_of(Kind.SOLUTIONS), *things)
    slug = _place("slug", "The article's name in short.", {"type": "string", "minLength": 1})
    iri = _parameter("iri", "An absolute IRI, of anyone's.", {"type": "string", "format": "iri"})
    query = _parameter("query", "One query.", {"type": "string", "minLength": 1})
    edition = _parameter("edition", "Of this edition, if it is kept.", _EDITION)
    example = "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 9"
    return {
        "/export/dataset.{suffix}": _download(
            "Dataset", "Take all away; `.gz` after a suffix packs it", everything, [edition], (507,)
        ),
        "/export/article/{slug}.{suffix}": _download(
            "Article", "Take away what one article says", everything, [slug, edition]
        ),
        "/export/resource.{suffix}": _download(
            "Resource",
            "Take one thing away, with its evidence",
            things,
            [iri | {"required": True}, edition],
        ),
        "/export/query.{suffix}": _download(
            "Answer",
            "Take one query's answer away",
            answers,
            [query | {"required": True, "example": example}],
            (403, 409),
        ),
    }


_EDITION = {"type": "string", "pattern": "^[0-9]{6}$"}


def _place(name: str, words: str, schema: JSON) -> JSON:
    told = {"name": name, "in": "path", "required": True}
    return told | {"description": words, "schema": schema}


def _download(
    name: str,
    summary: str,
    forms: Sequence[Format],
    parameters: list[JSON],
    errors: tuple[int, ...] = (),
) -> JSON:
    suffixes = [each.suffix for each in forms]
    suffix = _place("suffix", "Of the format.", {"type": "string", "enum": suffixes})
    content: dict[str, JSON] = {each.media_type: {} for each in forms}
    packed: dict[str, JSON] = {"application/gzip": {}} if "nq" in suffixes else {}
    return {
        "get": {
            "summary": summary,
            "description": "Names tell the edition; Range and If-Range go on with a part.",
            "operationId": f"export{name}",
            "tags": ["export"],
            "parameters": [suffix, LANGUAGE_PARAMETER, *parameters],
            "responses": {
                "200": {"description": "The file.", "content": content | packed},
                "206": {"description": "A part of it.", "content": content | packed},
                "304": {"description": "Not changed since If-None-Match."},
                **_errors(*{400, 404, 406, 410, 416, 422, 429, 500, 502, 503, 504, *errors}),
            },
        }
    }


def _errors(*statuses: int) -> JSON:
    return {str(status): problem_response(status) for status in sorted(statuses)}


def _content(*kinds: Kind) -> JSON:
    return {form.media_type: {} for form in formats_of(*kinds)}


def _parameter(name: str, words: str, schema: JSON | None = None) -> JSON:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": words,
        "schema": schema or {"type": "string"},
    }


_GRAPHS = {"type": "array", "items": {"type": "string", "format": "iri"}}


def _query(method: str) -> JSON:
    found: JSON = {
        "summary": "Ask in SPARQL 1.1",
        "description": "Without a query, GET answers the service description.",
        "externalDocs": {"url": _SPARQL},
        "operationId": f"{method}Sparql",
        "tags": ["sparql"],
        "parameters": [
            _parameter("default-graph-uri", "Graphs that make the default graph.", _GRAPHS),
            _parameter("named-graph-uri", "Graphs that GRAPH may name.", _GRAPHS),
            _parameter("format", "A format of answers by its name; it rules Accept."),
        ],
        "responses": {
            "200": {
                "description": "Solutions, a truth value, or RDF.",
                "content": _content(Kind.SOLUTIONS, Kind.GRAPH),
            },
            **_errors(400, 403, 406, 409, 410, 413, 415, 422, 429, 431, 500, 502, 503, 504),
        },
    }
    if method == "get":
        asked = _parameter("query", "The query.", {"type": "string", "minLength": 1})
        found["parameters"].insert(0, asked | {"example": "ASK { ?s ?p ?o }"})
        found["responses"]["304"] = {"description": "Not changed since If-None-Match."}
    else:
        found["requestBody"] = {
            "required": True,
            "content": {
                "application/sparql-query": {
                    "schema": {"type": "string"},
                    "example": "ASK { ?s ?p ?o }",
                },
                FORM_TYPE: {"schema": _form("query"), "example": {"query": "ASK { ?s ?p ?o }"}},
            },
        }
    return found


def _form(name: str) -> JSON:
    return {"type": "object", "required": [name], "properties": {name: {"type": "string"}}}


def _update() -> JSON:
    answer = {
        "type": "object",
        "required": ["edition", "added", "removed"],
        "properties": {
            "edition": {"type": "string"},
            "added": {"type": ["integer", "null"], "description": "Quads; null when not counted."},
            "removed": {"type": ["integer", "null"]},
        },
    }
    return {
        "summary": "Change the dataset by SPARQL 1.1 Update",
        "externalDocs": {"url": _SPARQL},
        "operationId": "postUpdate",
        "tags": ["sparql"],
        "security": _TOKEN,
        "requestBody": {
            "required": True,
            "content": {
                "application/sparql-update": {"schema": {"type": "string"}},
                FORM_TYPE: {"schema": _form("update")},
            },
        },
        "responses": {
            "200": {"description": "Applied.", "content": {JSON_TYPE: {"schema": answer}}},
            **_errors(400, 401, 403, 409, 413, 415, 422, 429, 431, 500, 502, 503, 504),
        },
    }


def _graph(method: str, summary: str, status: int, errors: tuple[int, ...]) -> JSON:
    content = _content(Kind.GRAPH, Kind.DATASET)
    answer: JSON = {"description": summary}
    if method == "get":
        answer["content"] = content
    found: JSON = {
        "summary": summary,
        "externalDocs": {"url": _GRAPH_STORE},
        "operationId": f"{method}Store",
        "tags": ["store"],
        "parameters": [
            _parameter("graph", "The graph's IRI.", {"type": "string", "format": "iri"}),
            _parameter("default", "The unnamed graph.") | {"allowEmptyValue": True},
        ],
        "responses": {
            str(status): answer,
            **_errors(*errors, 400, 422, 429, 431, 500, 502, 503, 504),
        },
    }
    if method == "get":
        found["parameters"].append(_parameter("format", "A format by its name; it rules Accept."))
        found["responses"]["304"] = {"description": "Not changed since If-None-Match."}
        return found
    found["security"] = _TOKEN
    if method in {"put", "post"}:
        found["requestBody"] = {"required": True, "content": content}
        found["responses"]["201"] = {"description": "The graph is new."}
    return found
