"""`/api`: the interface for programs, as an OpenAPI document and as a page made from it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request

from server.language import choose
from server.openapi import document as openapi_document
from server.openapi import documented
from server.openapi_protocols import downloads, protocols

blueprint = Blueprint("api_page", __name__)

_METHODS = ("get", "post", "put", "delete")


@cache
def _document_of(app: Any) -> dict[str, Any]:
    return openapi_document(app, protocols() | downloads())


def openapi() -> dict[str, Any]:
    """The OpenAPI document of the application that answers."""
    return _document_of(current_app._get_current_object())  # type: ignore[attr-defined]


@blueprint.get("/api/openapi.json")
@documented(
    summary="This document",
    answer=dict[str, Any],
    common=False,
    media_types=["application/vnd.oai.openapi+json;version=3.1"],
)
def document() -> Response:
    """The OpenAPI 3.1 document."""
    body = json.dumps(openapi(), ensure_ascii=False, indent=1)
    response = Response(body, content_type="application/vnd.oai.openapi+json;version=3.1")
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


@blueprint.get("/api")
def page() -> Response:
    """The page for people."""
    told = openapi()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, item in told["paths"].items():
        for method in _METHODS:
            if method in item:
                groups.setdefault(item[method]["tags"][0], []).append(
                    _shown(method, path, item[method])
                )
    html = render_template(
        "api/index.html",
        groups=groups,
        schemas={name: _text(schema) for name, schema in told["components"]["schemas"].items()},
        language=choose(),
    )
    return make_response(html)


def _shown(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    """An operation as the page shows it."""
    body = operation.get("requestBody", {}).get("content", {})
    good = {s: r for s, r in operation["responses"].items() if s < "400"}
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "parameters": [_parameter(each) for each in operation.get("parameters", [])],
        "body": [_typed(media_type, told) for media_type, told in body.items()],
        "answers": [
            {
                "status": status,
                "words": told["description"],
                "content": [_typed(t, each) for t, each in told.get("content", {}).items()],
            }
            for status, told in good.items()
        ],
        "errors": [status for status in operation["responses"] if status >= "400"],
        "needs_token": bool(operation.get("security")),
        "link": path if method == "get" and _is_callable(path, operation) else None,
    }


def _is_callable(path: str, operation: dict[str, Any]) -> bool:
    required = [each for each in operation.get("parameters", []) if each["required"]]
    return "{" not in path and not required


def _parameter(told: dict[str, Any]) -> dict[str, Any]:
    schema = dict(told["schema"])
    return {
        "name": told["name"],
        "where": told["in"],
        "required": told["required"],
        "description": told.get("description", ""),
        "type": _type(schema),
        "default": schema.get("default"),
        "example": told.get("example"),
    }


def _type(schema: dict[str, Any]) -> str:
    """A schema in a few words: `integer 1–200`, `one of a, b`."""
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    kind = schema.get("type", "")
    if kind == "array":
        return f"[{_type(schema.get('items', {}))}]"
    low = schema.get("minimum", schema.get("minLength"))
    high = schema.get("maximum", schema.get("maxLength"))
    bounds = f" {low if low is not None else ''}…{high if high is not None else ''}"
    return f"{kind}{bounds if (low, high) != (None, None) else ''}"


def _typed(media_type: str, told: dict[str, Any]) -> dict[str, Any]:
    schema = told.get("schema", {})
    reference = schema.get("$ref", "").rpartition("/")[2]
    return {
        "media_type": media_type,
        "model": reference or None,
        "schema": _text(schema) if schema and not reference else None,
    }


def _text(schema: Any) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2)
