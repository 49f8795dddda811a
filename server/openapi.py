"""The interface of `/api`, described in OpenAPI 3.1 from the views themselves.

A view says by `documented` what it takes and answers, in pydantic models; what a request
sends is read by the same models, so that the description is true. spectree and apispec were
passed over: the one answers errors in a shape of its own and serves pages from a CDN, the
other has no more to say than pydantic's own JSON Schema, which is that of OpenAPI 3.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar, get_origin

from flask import Flask, abort, g, request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.json_schema import models_json_schema

from server.language import LANGUAGES
from server.protocol.message import FORM_TYPE, PROBLEM_TYPE

JSON = dict[str, Any]
Model = type[BaseModel]
M = TypeVar("M", bound=BaseModel)

JSON_TYPE = "application/json"
_MARK = "__documented__"
_REFERENCE = "#/components/schemas/{model}"
_PLACE = re.compile(r"<(?:(?P<kind>[a-z]+)(?:\([^>]*\))?:)?(?P<name>\w+)>")
_KINDS = {"int": {"type": "integer", "minimum": 0}, "path": {"type": "string", "minLength": 1}}
# What anybody may get whatever they ask (docs/reference.md, "Errors").
_BEFORE_READING = (414, 431)  # an address or headers too long: refused without a word
_ALWAYS = (429, 500, 502, 503, 504)


class Problem(BaseModel):
    """A problem document (RFC 9457): what is amiss and how it is mended."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["about:blank"])
    title: str = Field(description="The status in words.", examples=["Bad Request"])
    status: int = Field(ge=400, le=599, examples=[400])
    detail: str = Field(description="One sentence: what is amiss, and the mend.")
    line: int | None = Field(None, description="Where in a query or upload, from 1.")
    column: int | None = Field(None, description="Where in the line, from 1.")


@dataclass(frozen=True)
class Operation:
    """What a view says of itself."""

    summary: str
    description: str = ""
    query: Model | None = None
    body: Model | None = None
    answer: Any = None
    errors: tuple[int, ...] = ()
    status: int = 200
    also: Mapping[int, str] = field(default_factory=dict)
    media_types: tuple[str, ...] = (JSON_TYPE,)
    path: Mapping[str, str | Mapping[str, Any]] = field(default_factory=dict)
    common: bool = True


def documented(
    *,
    summary: str,
    description: str = "",
    query: Model | None = None,
    body: Model | None = None,
    answer: Any = None,
    errors: Sequence[int] = (),
    status: int = 200,
    also: Mapping[int, str] | None = None,
    media_types: Sequence[str] = (JSON_TYPE,),
    path: Mapping[str, str | Mapping[str, Any]] | None = None,
    common: bool = True,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Describe a view of `/api`, and read what it is sent.

    `query` and `body` are models: a request that they do not admit gets 400, and the view
    reads them by `asked(Query)` and `sent(Body)`. A field whose type is a list repeats in the
    address. `answer` is a model (or what pydantic can describe) of the answer with `status`;
    `also` are further statuses that are no errors, `errors` those that are, each a problem
    document. `path` describes the parts of the path: a sentence, or a JSON Schema.
    `common` adds `lang` and `edition` to what a GET takes. It stands below the route, above
    or below `by_edition`.
    """
    told = Operation(
        summary,
        description,
        query,
        body,
        answer,
        tuple(errors),
        status,
        also or {},
        tuple(media_types),
        path or {},
        common,
    )

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            if query is not None:
                g.asked = _read_query(query)
            if body is not None:
                g.sent = _read_body(body)
            return view(*args, **kwargs)

        setattr(checked, _MARK, told)
        return checked

    return mark


def asked(model: type[M]) -> M:
    """The parameters of this request's address, as the view's `query` model has them."""
    found = g.get("asked")
    if not isinstance(found, model):
        found = _read_query(model)
    return found


def sent(model: type[M]) -> M:
    """The JSON of this request's body, as the view's `body` model has it."""
    found = g.get("sent")
    if not isinstance(found, model):
        found = _read_body(model)
    return found


def _read_query(model: type[M]) -> M:
    given: JSON = {}
    for name, info in model.model_fields.items():
        known = info.alias or name
        values = request.args.getlist(known)
        if values:
            given[known] = values if get_origin(info.annotation) in {list, tuple} else values[0]
    try:
        return model.model_validate(given)
    except ValidationError as error:
        abort(400, _complaint(error, "the address"))


def _read_body(model: type[M]) -> M:
    if request.mimetype not in {JSON_TYPE, ""}:
        abort(415, f"The body is read as {JSON_TYPE}, not as {request.mimetype}.")
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        abort(400, _complaint(error, "the body"))


def _complaint(error: ValidationError, where: str) -> str:
    """The first thing that is amiss, in one sentence."""
    first = error.errors(include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    named = f"“{place}” of {where}" if place else where[0].upper() + where[1:]
    return f"{named}: {first['msg']}."


# --- the document -----------------------------------------------------------------------


@dataclass(frozen=True)
class Described:
    """One operation of the interface, ready to be shown or written."""

    method: str
    path: str
    operation: Operation
    places: tuple[JSON, ...]


def operations(app: Flask) -> Iterator[Described]:
    """All operations that views of `app` describe, by path and method."""
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    for rule in rules:
        told = getattr(app.view_functions[rule.endpoint], _MARK, None)
        if told is None:
            continue
        places = tuple(
            _place(match["name"], match["kind"], told.path) for match in _PLACE.finditer(rule.rule)
        )
        path = _PLACE.sub(lambda match: f"{{{match['name']}}}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Described(method.lower(), path, told, places)


def undocumented(app: Flask) -> list[str]:
    """The routes of `/api` that say nothing of themselves; there shall be none."""
    return [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and not hasattr(app.view_functions[rule.endpoint], _MARK)
    ]


def document(app: Flask, others: Mapping[str, JSON] | None = None) -> JSON:
    """The OpenAPI 3.1 document; `others` are paths that no view of `app` answers."""
    found = list(operations(app))
    schemas = _schemas(found)
    paths: dict[str, JSON] = {}
    for each in found:
        paths.setdefault(each.path, {})[each.method] = _operation(each, schemas)
    for path, item in (others or {}).items():
        paths.setdefault(path, {}).update(item)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Shuangma",
            "summary": "A cited knowledge graph: what its pages ask, for programs of your own.",
            "description": "Answers follow the edition of the dataset, which they name. "
            "Errors are problem documents (RFC 9457). Addresses of things are their IRIs.",
            "version": _version(),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas["all"].items())),
            "responses": {"Problem": problem_response()},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made by `shuangma token create`.",
                }
            },
        },
    }


def problem_response(status: int | None = None) -> JSON:
    """The answer of an error."""
    words = HTTPStatus(status).phrase if status else "What is amiss, and how it is mended."
    content = {PROBLEM_TYPE: {"schema": {"$ref": _REFERENCE.format(model="Problem")}}}
    return {"description": words, "content": content}


def _version() -> str:
    try:
        return version("shuangma")
    except PackageNotFoundError:
        return "0"


def _schemas(found: Sequence[Described]) -> JSON:
    """JSON Schemas: of all models by name, and of each model as it is sent or answered."""
    wanted: dict[tuple[Any, str], None] = {(Problem, "serialization"): None}
    plain: dict[int, JSON] = {}
    for each in found:
        told = each.operation
        if told.body:
            wanted[told.body, "validation"] = None
        if isinstance(told.answer, type) and issubclass(told.answer, BaseModel):
            wanted[told.answer, "serialization"] = None
    by_model, definitions = models_json_schema(
        list(wanted),  # type: ignore[arg-type]
        ref_template=_REFERENCE,
    )
    everything = dict(definitions.get("$defs", {}))
    for each in found:
        answer = each.operation.answer
        if answer is not None and (answer, "serialization") not in wanted:
            schema = TypeAdapter(answer).json_schema(ref_template=_REFERENCE, mode="serialization")
            everything |= schema.pop("$defs", {})
            plain[id(answer)] = schema
    return {"all": everything, "models": by_model, "plain": plain}


def _operation(each: Described, schemas: JSON) -> JSON:
    told = each.operation
    item: JSON = {
        "summary": told.summary,
        "operationId": _identifier(each),
        "tags": [each.path.split("/")[1]],
        "parameters": [*each.places, *_parameters(told, each.method)],
        "responses": _responses(each, schemas),
    }
    if told.description:
        item["description"] = told.description
    if told.body:
        schema = schemas["models"][told.body, "validation"]
        item["requestBody"] = {"required": True, "content": {JSON_TYPE: {"schema": schema}}}
    return item


def _identifier(each: Described) -> str:
    words = re.findall(r"\w+", each.path)
    return each.method + "".join(word[0].upper() + word[1:] for word in words)


def _responses(each: Described, schemas: JSON) -> JSON:
    told = each.operation
    content: JSON = {}
    if told.answer is not None:
        schema = schemas["models"].get((told.answer, "serialization"))
        schema = schema or schemas["plain"].get(id(told.answer), {})
        content = {media_type: {"schema": schema} for media_type in told.media_types}
    elif told.media_types != (JSON_TYPE,):
        content = {media_type: {} for media_type in told.media_types}
    responses: JSON = {str(told.status): {"description": HTTPStatus(told.status).phrase}}
    if content:
        responses[str(told.status)]["content"] = content
    if each.method == "get" and told.status == 200:
        responses["304"] = {"description": "Not changed since the edition of If-None-Match."}
    for status, words in told.also.items():
        responses[str(status)] = {"description": words}
        if content and status < 300:
            responses[str(status)]["content"] = {JSON_TYPE: {"schema": {}}}
    errors = {*told.errors, *_ALWAYS}
    if told.query or told.body or each.places or told.common:
        errors.add(400)
    if told.body:
        errors |= {413, 415}
    if told.common and each.method == "get":
        errors |= {404, 410}
    for status in sorted(errors):
        responses[str(status)] = problem_response(status)
    for status in _BEFORE_READING:
        responses[str(status)] = {"description": HTTPStatus(status).phrase}
    return responses


def _place(name: str, kind: str | None, told: Mapping[str, str | Mapping[str, Any]]) -> JSON:
    words = told.get(name, "")
    schema: JSON = dict(_KINDS.get(kind or "", {"type": "string", "minLength": 1}))
    found: JSON = {"name": name, "in": "path", "required": True, "schema": schema}
    if isinstance(words, str):
        return found | ({"description": words} if words else {})
    extra = dict(words)
    if "description" in extra:
        found["description"] = extra.pop("description")
    return found | {"schema": schema | extra}


def _parameters(told: Operation, method: str) -> list[JSON]:
    found = _fields(told.query) if told.query else []
    if told.common:
        named = {each["name"] for each in found}
        common = [LANGUAGE_PARAMETER, *([EDITION_PARAMETER] if method == "get" else [])]
        found += [each for each in common if each["name"] not in named]
    return found


def _fields(model: Model) -> list[JSON]:
    schema = model.model_json_schema(mode="validation", ref_template=_REFERENCE)
    definitions = schema.get("$defs", {})
    required = set(schema.get("required", ()))
    found = []
    for name, told in schema.get("properties", {}).items():
        own = _inlined(dict(told), definitions)
        own.pop("title", None)
        each: JSON = {"name": name, "in": "query", "required": name in required}
        if words := own.pop("description", None):
            each["description"] = words
        examples = own.get("examples")
        if examples:
            each["example"] = examples[0]
        options = [one for one in own.get("anyOf", ()) if one != {"type": "null"}]
        if len(options) == 1:  # in an address, what is None is left out
            own = {n: v for n, v in own.items() if n != "anyOf"} | options[0]
            if own.get("default", 0) is None:
                own.pop("default")
        found.append(each | {"schema": own})
    return found


def _inlined(schema: JSON, definitions: Mapping[str, JSON]) -> JSON:
    reference = schema.pop("$ref", None)
    if reference:
        schema = dict(definitions[reference.rpartition("/")[2]]) | schema
    if "anyOf" in schema:
        schema["anyOf"] = [_inlined(dict(one), definitions) for one in schema["anyOf"]]
    return schema


LANGUAGE_PARAMETER: JSON = {
    "name": "lang",
    "in": "query",
    "required": False,
    "description": "The language of labels and words; else the cookie and Accept-Language say it.",
    "schema": {"type": "string", "enum": list(LANGUAGES)},
}
EDITION_PARAMETER: JSON = {
    "name": "edition",
    "in": "query",
    "required": False,
    "description": "Answer from this edition if it is still kept, else 410.",
    "schema": {"type": "string", "pattern": "^[0-9]{6}$"},
}
__all__ = ["FORM_TYPE", "JSON_TYPE", "Problem", "asked", "document", "documented", "sent"]
