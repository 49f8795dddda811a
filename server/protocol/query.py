"""The query operation (SPARQL 1.1 Protocol, 2.1): what is asked, and in which form."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from pyoxigraph import NamedNode

from graph.engine import Query, QueryDataset, Wanted
from graph.errors import InvalidQuery
from server.negotiation import wanted_by
from server.protocol.message import FORM_TYPE, HttpProblem, Request

QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"


class QueryRequest(NamedTuple):
    """A query, the formats it may be answered in, and what tells its answers apart."""

    query: Query
    wanted: Wanted

    def etag(self, edition: str) -> str:
        """What marks the answer (RFC 9110, 8.8.3): it changes with the edition and the request."""
        text, union, dataset = self.query
        told = f"{edition}\0{text}\0{union}\0{dataset}\0{self.wanted.names}"
        digest = hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=10)
        return f'"{digest.hexdigest()}"'


def read_query(request: Request, *, union: bool) -> QueryRequest | None:
    """The query that a request asks; None when there is none.

    Raises `InvalidQuery` and `HttpProblem`.
    """
    parameters = request.parameters
    if request.method == "POST" and request.media_type == QUERY_TYPE:
        if "query" in parameters:
            raise InvalidQuery("There is a query in the body and one in the address. Send one.")
        text = body_text(request)
    else:
        if request.method == "POST" and request.media_type != FORM_TYPE:
            raise HttpProblem(415, f"POST a query as {FORM_TYPE} or {QUERY_TYPE}.")
        queries = parameters.all("query")
        if len(queries) > 1:
            raise InvalidQuery("There is more than one query. Send one.")
        if not queries or not queries[0].strip():
            return None
        text = queries[0]
    if "update" in parameters:
        raise InvalidQuery("There is a query and an update. Send each to its own address.")
    dataset = named_dataset(request, "default-graph-uri", "named-graph-uri")
    accept, asked = request.accept, request.format_asked
    wanted = wanted_by(accept, asked)
    if isinstance(wanted.solutions, Exception) and isinstance(wanted.graph, Exception):
        raise wanted.solutions
    return QueryRequest(Query(text, union, dataset), wanted)


def body_text(request: Request) -> str:
    """A body of text. Raises `InvalidQuery` and `HttpProblem` when it is not UTF-8."""
    if request.charset not in {"utf-8", "utf8", "us-ascii"}:
        raise HttpProblem(415, f"The body is in {request.charset}. Send it in UTF-8.")
    try:
        return request.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidQuery("The body is not UTF-8.") from error


def named_dataset(request: Request, default: str, named: str) -> QueryDataset | None:
    """The graphs that the request names, if any (SPARQL 1.1 Protocol, 2.1.4 and 2.2.3)."""
    parameters = request.parameters
    defaults, nameds = parameters.all(default), parameters.all(named)
    if not defaults and not nameds:
        return None
    try:
        return QueryDataset(tuple(map(NamedNode, defaults)), tuple(map(NamedNode, nameds)))
    except ValueError as error:
        raise InvalidQuery(f"A graph of the request is no absolute IRI: {error}.") from error
