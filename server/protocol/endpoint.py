"""Answers `/sparql`, `/update` and `/store`: one request in, one reply out."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from pyoxigraph import NamedNode

from graph.change import Change
from graph.engine import QueryDataset
from graph.readers.client import new_request
from graph.readers.line import WhenSlow
from graph.representation import Format, Kind
from server.backend import Backend, Watch
from server.budget import Budget
from server.negotiation import format_for
from server.protocol.graph_store import Target, target_of, uploads_of
from server.protocol.message import FORM_TYPE, HttpProblem, Reply, Request
from server.protocol.query import UPDATE_TYPE, QueryRequest, body_text, named_dataset, read_query
from server.tokens import TokenBook

EDITION, QUERY_ID = "Shuangma-Edition", "Query-Id"
_BEARER = "bearer "


@dataclass(frozen=True)
class Rules:
    """What the endpoints allow. Sizes are bytes."""

    union: bool
    upload_size_bytes: int
    describe: Callable[[Request, Format], Awaitable[Reply]]


class SparqlEndpoint:
    """The protocols over one backend.

    `when_slow` is called with a request's identifier when the request takes long: it ends the
    query when its client leaves.
    """

    def __init__(self, backend: Backend, tokens: TokenBook, budget: Budget, rules: Rules) -> None:
        self._backend = backend
        self._tokens = tokens
        self._budget = budget
        self._rules = rules

    def cancel(self, identifier: str) -> bool:
        """End a query by its identifier, where it runs or waits at this worker.

        Returns whether there was one.
        """
        return self._backend.cancel(identifier)

    async def cancel_elsewhere(self, identifier: str) -> bool:
        """End a query that waits at another worker; whether there was one."""
        return await self._backend.cancel_elsewhere(identifier)

    async def sparql(self, request: Request, when_slow: WhenSlow) -> Reply:
        """The query operation; without a query the service description."""
        if request.method not in {"GET", "HEAD", "POST"}:
            raise HttpProblem(405, f"{request.method} is not for queries.", Allow="GET, HEAD, POST")
        if request.method == "POST" and (
            request.media_type == UPDATE_TYPE
            or ("update" in request.parameters and "query" not in request.parameters)
        ):
            return await self.update(request)
        asked = read_query(request, union=self._rules.union)
        if asked is None:
            if request.method == "POST" or "query" in request.parameters:
                raise HttpProblem(400, "There is no query. Send ?query=… or POST it.")
            form = format_for(request.accept, request.format_asked, Kind.GRAPH)
            return await self._rules.describe(request, form)
        return await self._answer(request, asked, when_slow)

    async def _answer(self, request: Request, asked: QueryRequest, when_slow: WhenSlow) -> Reply:
        reads = request.method != "POST"
        current = request.current or self._backend.current()
        etag = asked.etag(current.version) if reads else ""
        if reads and _matches(request, etag):
            return Reply(304, {"ETag": etag, "Vary": "Accept"})
        identifier = _identifier(request)
        with self._spending(request.client):
            answer, edition = await self._backend.answer(
                asked.query, asked.wanted, Watch(identifier, when_slow), current.edition
            )
        headers = {
            "Content-Type": answer.form.content_type,
            "Vary": "Accept",
            EDITION: edition,
            QUERY_ID: identifier,
        }
        if reads:
            if edition == current.edition:
                headers["ETag"] = etag
            headers["Cache-Control"] = "no-cache"
        return Reply(200, headers, answer.spool)

    async def update(self, request: Request) -> Reply:
        """The update operation (SPARQL 1.1 Protocol, 2.2)."""
        if request.method != "POST":
            raise HttpProblem(405, "An update is sent by POST.", Allow="POST")
        self.admit(request.headers)
        parameters = request.parameters
        if request.media_type == UPDATE_TYPE:
            if "update" in parameters:
                raise HttpProblem(400, "There is an update in the body and one in the address.")
            text = body_text(request)
        elif request.media_type == FORM_TYPE:
            updates = parameters.all("update")
            if len(updates) != 1:
                told = "is no" if not updates else "is more than one"
                raise HttpProblem(400, f"There {told} update. Send one.")
            text = updates[0]
        else:
            raise HttpProblem(415, f"POST an update as {FORM_TYPE} or {UPDATE_TYPE}.")
        if "query" in parameters:
            raise HttpProblem(400, "There is a query and an update. Send each to its own address.")
        using: QueryDataset | None = named_dataset(
            request, "using-graph-uri", "using-named-graph-uri"
        )
        change = await self._backend.update(text, using, Watch(_identifier(request)))
        told_change = {
            "edition": change.edition,
            "added": change.added,
            "removed": change.removed,
        }
        body = (json.dumps(told_change) + "\n").encode()
        return Reply(200, {"Content-Type": "application/json", EDITION: change.edition}, body)

    async def graph_store(self, request: Request, when_slow: WhenSlow) -> Reply:
        """The Graph Store Protocol."""
        target = target_of(request)
        match request.method:
            case "GET" | "HEAD":
                return await self._get(request, target, when_slow)
            case "PUT" | "POST":
                self.admit(request.headers)
                return await self._put(request, target)
            case "DELETE":
                self.admit(request.headers)
                return await self._delete(target, Watch(_identifier(request)))
        allowed = "GET, HEAD, PUT, POST, DELETE"
        raise HttpProblem(405, f"{request.method} is not for graphs.", Allow=allowed)

    async def _get(self, request: Request, target: Target, when_slow: WhenSlow) -> Reply:
        kind = Kind.DATASET if target.name is None else Kind.GRAPH
        form = format_for(request.accept, request.format_asked, kind)
        current = self._backend.current()
        etag = _graph_etag(current.version, form)
        if _matches(request, etag):
            return Reply(304, {"ETag": etag, "Vary": "Accept"})
        identifier = _identifier(request)
        with self._spending(request.client):
            spool, edition = await self._backend.dump(
                form, target.name, Watch(identifier, when_slow)
            )
        headers = {
            "Content-Type": form.content_type,
            "Vary": "Accept",
            "Cache-Control": "no-cache",
            EDITION: edition,
            QUERY_ID: identifier,
        }
        if edition == current.edition:
            headers["ETag"] = etag
        return Reply(200, headers, spool)

    async def _put(self, request: Request, target: Target) -> Reply:
        replace = request.method == "PUT"
        if replace and target.name is None:
            raise HttpProblem(400, "PUT replaces one graph: name it by ?graph=IRI or ?default.")
        location = None
        # Unpacking, and telling parts apart, would hold the event loop.
        opened = uploads_of(request, target, self._rules.upload_size_bytes)
        bodies = await asyncio.to_thread(opened.__enter__)
        try:
            graphs_only = all(body.form.kind is Kind.GRAPH for body in bodies)
            if target.name is None and graphs_only:  # section 5.5: a new graph, named by us
                path = f"/store/{new_request()}"
                target, location = Target(NamedNode(request.origin + path)), path
            watch = Watch(_identifier(request))
            change = await self._backend.put(bodies, target.name, replace=replace, watch=watch)
        finally:
            opened.__exit__(None, None, None)
        headers = {EDITION: change.edition}
        if location:
            headers["Location"] = location
        return Reply(201 if change.created else 204, headers)

    async def _delete(self, target: Target, watch: Watch) -> Reply:
        if target.name is None:
            raise HttpProblem(400, "DELETE removes one graph: name it by ?graph=IRI or ?default.")
        change: Change = await self._backend.delete(target.name, watch)
        return Reply(204, {EDITION: change.edition})

    def _spending(self, client: str) -> AbstractContextManager[None]:
        return _Spending(self._budget, client) if client else _FREE

    def admit(self, headers: Mapping[str, str]) -> None:
        """Let a write in. Raises `HttpProblem` 403 where nobody writes, 401 without a token."""
        if self._tokens.is_empty():
            raise HttpProblem(
                403,
                "This service is read-only: it has no token. `shuangma token create` makes one.",
            )
        given = headers.get("authorization", "")
        if not given.lower().startswith(_BEARER):
            raise HttpProblem(
                401,
                "A write needs a token: send it as “Authorization: Bearer …”.",
                WWW_Authenticate='Bearer realm="shuangma"',
            )
        if not self._tokens.admits(given[len(_BEARER) :].strip()):
            raise HttpProblem(
                401,
                "The token is not one of this service. `shuangma token list` shows their names.",
                WWW_Authenticate='Bearer realm="shuangma", error="invalid_token"',
            )


class _Spending:
    """Counts a client's seconds. Raises `HttpProblem` 429 when it has had its share."""

    def __init__(self, budget: Budget, client: str) -> None:
        self._budget, self._client = budget, client
        check_budget(budget, client)
        self._started = time.monotonic()

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self._budget.spend(self._client, time.monotonic() - self._started)


_FREE = nullcontext()


def check_budget(budget: Budget, client: str) -> None:
    """Refuse a client that has had its share of seconds; raises `HttpProblem` 429."""
    wait = budget.wait_s(client) if client else 0
    if wait:
        raise HttpProblem(
            429,
            "Your queries have had their share of this minute (SHUANGMA_BUDGET). "
            f"Come back in {wait} s, or run your own copy.",
            Retry_After=str(wait),
        )


def _identifier(request: Request) -> str:
    """The query's identifier: the client's own, 32 hexadecimal digits, or a new one."""
    given = request.headers.get(QUERY_ID.lower(), "").replace("-", "").lower()
    if not given:
        return new_request()
    if len(given) != 32 or set(given) - set("0123456789abcdef") or not int(given, 16):
        raise HttpProblem(400, f"{QUERY_ID} is no UUID.")
    return given


def _graph_etag(version: str, form: Format) -> str:
    digest = hashlib.blake2b(version.encode(), digest_size=10).hexdigest()
    return f'"{digest}-{form.name}"'


def _matches(request: Request, etag: str) -> bool:
    """Whether the client has this already (RFC 9110, 13.1.2)."""
    given = request.headers.get("if-none-match")
    if not given:
        return False
    known = {mark.strip().removeprefix("W/") for mark in given.split(",")}
    return etag in known or etag[:-1] + '-gzip"' in known or "*" in known
