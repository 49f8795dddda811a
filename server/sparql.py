"""`/sparql` for people: a page to write queries on. Machines are answered by `server.protocol`.

The page works without scripts: a form, and the answer as a table. Scripts make it a workbench.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from graph.engine import Query, Wanted
from graph.errors import InvalidQuery, QueryFailed, ServiceRefused
from graph.label import labels_of
from graph.question import Question, read_questions
from graph.reading import article_iris, passage_property
from graph.representation import Kind, format_named, formats_of
from graph.sparql_text import Kind as TokenKind
from graph.sparql_text import tokens, with_from
from server.configuration import Configuration
from server.errors import place_of, status_of
from server.home import questions_in
from server.language import choose, message
from server.links import are_kept
from server.state import state

blueprint = Blueprint("sparql", __name__)

_ROWS_SHOWN = 1000
_STARTER_PREFIXES = ("id", "sm", "schema", "skos", "rdf", "oa")


@blueprint.route("/sparql", methods=["GET", "POST"])
def page() -> Response:
    """The page on which people write queries and read answers."""
    queries = request.values.getlist("query")
    return _page(queries[0] if queries and queries[0].strip() else None)


def _asks_itself() -> bool:
    """Whether the page's script asks: answering here too would spend a reader's time twice.

    Browsers of today say that they want a document (Fetch Metadata, 2.1); one that runs no
    scripts comes again, and says so.
    """
    shown = request.method == "GET" and request.headers.get("Sec-Fetch-Dest") == "document"
    return shown and request.args.get("answer") != "page"


def _page(query: str | None) -> Response:
    result, fault, status = None, None, 200
    if query is not None:
        try:
            # What is shown, shared and asked again is one text.
            named = (request.values.getlist(f"{kind}-graph-uri") for kind in ("default", "named"))
            query = with_from(query, *named)
            result = None if _asks_itself() else _result(query)
        except (QueryFailed, InvalidQuery, ServiceRefused) as error:
            status = int(status_of(error))
            query = None if _asks_itself() else query
            fault = {
                "title": message(f"status.{status}", choose()),
                "detail": str(error),
                **place_of(error),
            }
    html = render_template(
        "query/index.html",
        query=query or "",
        without_script=_without_script() if query and _asks_itself() else None,
        starter=_starter(),
        result=result,
        problem=fault,
        questions=questions_in(choose(), _questions()),
        prefixes=state().vocabulary.prefixes,
        default_graph=state().configuration.default_graph,
        rows_shown=_ROWS_SHOWN,
        settings=_settings(),
    )
    response = Response(html, status=status, mimetype="text/html")
    response.vary.update(("Accept", "Sec-Fetch-Dest"))
    return response


def _without_script() -> str:
    """Where a browser that runs no scripts finds the same page with its answer."""
    return f"/sparql?{urlencode([*request.args.items(multi=True), ('answer', 'page')])}"


def _questions() -> tuple[Question, ...]:
    """The example questions; those about any data where our own articles are not."""
    here = state()
    own = here.configuration.queries == Configuration().queries
    if own and not article_iris(here.engine):
        return _general(here.configuration.queries / "any")
    return here.questions


@cache
def _general(folder: Path) -> tuple[Question, ...]:
    return tuple(read_questions(folder))


def _settings() -> dict[str, Any]:
    """What the page's scripts are told: formats, prefixes, and which rules hold here."""
    here = state()
    return {
        "endpoint": "/sparql",
        "language": choose(),
        "defaultGraph": here.configuration.default_graph,
        "prefixes": dict(here.vocabulary.prefixes),
        "namespace": here.vocabulary.namespace,
        "passage": passage_property(here.engine, choose()),
        "links": are_kept(),
        "formats": {
            kind.value: [
                {"name": each.name, "label": each.label, "suffix": each.suffix}
                for each in formats_of(kind)
            ]
            for kind in (Kind.SOLUTIONS, Kind.GRAPH)
        },
    }


def _starter() -> str:
    """What a new query begins with: the prefixes that it most likely needs."""
    known = state().vocabulary.prefixes
    lines = [f"PREFIX {p}: <{known[p]}>" for p in _STARTER_PREFIXES]
    return "\n".join([*lines, "", "SELECT ?s ?p ?o WHERE {", "  ?s ?p ?o", "}", "LIMIT 20", ""])


def _result(query: str) -> dict[str, Any]:
    """The answer as a table with labels, a truth value, or Turtle."""
    json_format = format_named("json", Kind.SOLUTIONS)
    turtle = format_named("turtle", Kind.GRAPH)
    union = state().configuration.default_graph == "union"
    asked = Query(query, union)
    answer = state().backend.strangers().answer(asked, Wanted(json_format, turtle))
    if answer.form.kind is Kind.GRAPH:
        return {"text": answer.body.decode()}
    document = json.loads(answer.body)
    if "boolean" in document:
        return {"boolean": document["boolean"]}
    bindings = document["results"]["bindings"]
    rows = bindings[:_ROWS_SHOWN]
    iris = {term["value"] for row in rows for term in row.values() if term["type"] == "uri"}
    labels = labels_of(state().engine, iris, choose())
    return {
        "variables": _in_order(query, document["head"]["vars"]),
        "rows": [{name: _cell(term, labels) for name, term in row.items()} for row in rows],
        "count": len(bindings),
    }


def _in_order(query: str, variables: list[str]) -> list[str]:
    """The columns of `SELECT *` as the query names them; the engine may have any order."""
    found = tokens(query)
    start = next((at for at, token in enumerate(found) if token.keyword == "SELECT"), 0)
    if not any(token.text == "*" for token in found[start + 1 : start + 3]):
        return variables
    named = [token.text[1:] for token in found if token.kind is TokenKind.VAR]
    return sorted(variables, key=lambda name: named.index(name) if name in named else len(named))


def _cell(term: dict[str, Any], labels: dict[str, str]) -> dict[str, Any]:
    if term["type"] == "uri":
        return {"type": "iri", "iri": term["value"], "label": labels[term["value"]]}
    if term["type"] == "literal":
        return {
            "type": "literal",
            "value": term["value"],
            "text": term["value"],
            "language": term.get("xml:lang"),
            "datatype": term.get("datatype"),
        }
    return {"type": "blank", "value": str(term["value"]), "text": str(term["value"])}
