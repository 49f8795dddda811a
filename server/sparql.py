"""`/sparql`: the SPARQL 1.1 Protocol's query operation, and a page for people.

W3C SPARQL 1.1 Protocol, section 2.1: GET, POST of a form, POST of the query itself.
"""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from pyoxigraph import NamedNode

from graph.engine import QueryDataset
from graph.errors import InvalidQuery
from graph.label import labels_of
from graph.representation import Kind, format_named
from server.caching import with_etag
from server.errors import problem
from server.home import questions_in
from server.language import choose, message
from server.negotiation import negotiate, wants_page
from server.state import state

blueprint = Blueprint("sparql", __name__)

_FORM = "application/x-www-form-urlencoded"
_DIRECT = "application/sparql-query"
_ROWS_SHOWN = 1000


@blueprint.route("/sparql", methods=["GET", "POST", "OPTIONS"])
def endpoint() -> Response:
    """Answer a query; without one, show the page for people or say what is missing."""
    if request.method == "OPTIONS":
        return Response(status=204)
    query = _query()
    if wants_page():
        return _page(query)
    if query is None:
        return problem(400, "There is no query. Send ?query=… or POST it; a browser gets a form.")
    answer = state().engine.answer(
        query,
        lambda kind: negotiate(kind),
        union=_union(),
        writer=state().writer,
        dataset=_dataset(),
    )
    response = Response(answer.body, content_type=answer.form.content_type)
    response.vary.add("Accept")
    return with_etag(response, query) if request.method == "GET" else response


@blueprint.after_request
def _open_to_all(response: Response) -> Response:
    """Pages of other sites may read answers (CORS); writes are not among them."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
    return response


def _union() -> bool:
    return state().configuration.default_graph == "union"


def _dataset() -> QueryDataset | None:
    """The graphs that the request names, if any (SPARQL 1.1 Protocol, 2.1.4)."""
    default = request.values.getlist("default-graph-uri")
    named = request.values.getlist("named-graph-uri")
    if not default and not named:
        return None
    try:
        return QueryDataset(tuple(map(NamedNode, default)), tuple(map(NamedNode, named)))
    except ValueError as error:
        raise InvalidQuery("A graph of the request is no absolute IRI.") from error


def _query() -> str | None:
    if request.method == "POST" and request.mimetype == _DIRECT:
        try:
            return request.get_data().decode("utf-8")
        except UnicodeDecodeError as error:
            raise InvalidQuery("The query is not UTF-8.") from error
    if request.method == "POST" and request.mimetype not in {_FORM, "multipart/form-data"}:
        abort(415, f"POST a query as {_FORM} or {_DIRECT}.")
    queries = request.values.getlist("query")
    if len(queries) > 1:
        raise InvalidQuery("There is more than one query. Send one.")
    return queries[0] if queries and queries[0].strip() else None


def _page(query: str | None) -> Response:
    result, fault = None, None
    if query is not None:
        try:
            result = _result(query)
        except InvalidQuery as error:
            title = message("status.400", choose())
            fault = {
                "title": title,
                "detail": str(error),
                "line": error.line,
                "column": error.column,
            }
    html = render_template(
        "query/index.html",
        query=query or "",
        starter=_starter(),
        result=result,
        problem=fault,
        questions=questions_in(choose()),
        prefixes=state().vocabulary.prefixes,
        default_graph=state().configuration.default_graph,
        rows_shown=_ROWS_SHOWN,
    )
    response = Response(html, status=400 if fault else 200, mimetype="text/html")
    response.vary.add("Accept")
    return response


def _starter() -> str:
    """What a new query begins with: the prefixes that it most likely needs."""
    known = state().vocabulary.prefixes
    lines = [f"PREFIX {p}: <{known[p]}>" for p in ("id", "sm", "schema", "skos", "rdf", "oa")]
    return "\n".join([*lines, "", "SELECT ?s ?p ?o WHERE {", "  ?s ?p ?o", "}", "LIMIT 20", ""])


def _result(query: str) -> dict[str, Any]:
    """The answer as a table with labels, a truth value, or Turtle."""
    json_format = format_named("json", Kind.SOLUTIONS)
    turtle = format_named("turtle", Kind.GRAPH)
    answer = state().engine.answer(
        query,
        lambda kind: turtle if kind is Kind.GRAPH else json_format,
        union=_union(),
        writer=state().writer,
        dataset=_dataset(),
    )
    if answer.form is turtle:
        return {"text": answer.body.decode()}
    document = json.loads(answer.body)
    if "boolean" in document:
        return {"boolean": document["boolean"]}
    bindings = document["results"]["bindings"]
    rows = bindings[:_ROWS_SHOWN]
    iris = {term["value"] for row in rows for term in row.values() if term["type"] == "uri"}
    labels = labels_of(state().engine, iris, choose())
    return {
        "variables": document["head"]["vars"],
        "rows": [{name: _cell(term, labels) for name, term in row.items()} for row in rows],
        "count": len(bindings),
    }


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
