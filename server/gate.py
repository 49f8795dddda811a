"""The service's front door (ASGI): whole requests in, whole replies out.

A request's body is taken in full, into a file when it is large, before anything is done
with it, and an answer is made in full before its first byte goes out: a client that is
slow or stalls holds neither a thread nor a reader. The protocols of SPARQL are answered on
the event loop, all pages by the Flask application in a thread.
"""

from __future__ import annotations

import asyncio
import gzip
import io
import os
import re
import sys
import time
import zlib
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Any, NamedTuple

import structlog
from cachetools import LRUCache
from flask import Flask

from graph.errors import ShuangmaError, TooBusy
from graph.spool import NOTHING, Spool, SpoolWriter
from server.backend import Current
from server.budget import Budget
from server.configuration import Configuration
from server.draining import drain
from server.dumps import Dumps, takes
from server.errors import reply_to
from server.headers import HARDENED, SHARED
from server.negotiation import prefers_page, takes_gzip
from server.placement import Placement
from server.protocol import graph_store
from server.protocol.endpoint import QUERY_ID, SparqlEndpoint, check_budget
from server.protocol.graph_store import too_large
from server.protocol.message import HttpProblem, Reply, Request, problem
from server.ranges import ranged
from server.state import State
from server.wsgi import answer_page, error_page

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_OK = int(HTTPStatus.OK)  # asked of the enumeration, it costs a call
_THREADS = 16
_COMPRESSED_FROM_BYTES = 1024
_COMPRESSED_TO_BYTES = 32 * 1024 * 1024
_COMPRESSION = 2
_CACHED_TO_BYTES = 1024 * 1024
_SEEN = 8192
_SPOOL_LINGER_S = 10.0  # the server opens a file by its path a moment after it is told
_PERSONAL = {"if-none-match", "query-id"}
_FORWARDING = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_WRITES = {"PUT", "POST", "DELETE"}
_GRAPHS = f"{graph_store.PATH}/"
_WITHOUT_BODY = {"GET", "HEAD", "OPTIONS", "DELETE"}
_ACCEPT_CHARACTERS = 4096
_KEY_BYTES = 2048
_CHUNK_BYTES = 256 * 1024
_REFUSED_S = 0.3  # who asks again at once, whatever Retry-After says, must not crowd out the rest
_STALLED_S = 300.0  # a client that takes nothing for so long asks for the rest again
_QUERY_SIZE, _UPLOAD_SIZE = "SHUANGMA_QUERY_SIZE_BYTES", "SHUANGMA_UPLOAD_SIZE_BYTES"
_HOST = re.compile(r"[A-Za-z0-9._~-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")

log = structlog.get_logger()


class _Kept(NamedTuple):
    """A reply to a query, as it was sent."""

    start: dict[str, Any]
    body: dict[str, Any]
    size: int


class _KeptReplies:
    """Replies by what was asked; the least recently used go first.

    A reply is kept when it is asked for again soon: most queries are asked once, and each kept
    costs the time to keep it and to let go of another.
    """

    def __init__(self, size_bytes: int) -> None:
        self._kept: LRUCache[Hashable, _Kept] = LRUCache(
            size_bytes, getsizeof=lambda kept: kept.size
        )
        self._seen: set[int] = set()
        self._seen_before: set[int] = set()

    def get(self, key: Hashable) -> _Kept | None:
        return self._kept.get(key)

    def wants(self, key: Hashable) -> bool:
        """Whether this was asked for lately; it was asked for now."""
        mark = hash(key)
        if mark in self._seen or mark in self._seen_before:
            return True
        self._seen.add(mark)
        if len(self._seen) >= _SEEN:
            self._seen, self._seen_before = set(), self._seen
        return False

    def put(self, key: Hashable, kept: _Kept) -> None:
        self._kept[key] = kept


@dataclass(frozen=True)
class _Headers:
    """What the headers of a request say; names are in small letters.

    With `is_personal`, the answer is this request's own: nobody else's is kept for it, nor it
    for anyone. `host` is None when none is named that can be.
    """

    values: Mapping[str, str]
    host: str | None
    takes_gzip: bool
    is_personal: bool
    is_forwarded: bool

    @classmethod
    def of(cls, pairs: Sequence[tuple[bytes, bytes]]) -> _Headers:
        """The headers of an ASGI scope: a client sends the same ones with each request."""
        whole = tuple(pairs)
        try:
            return _known_headers(whole)
        except _NotToBeKept:
            return cls.read(whole)

    @classmethod
    def read(cls, pairs: tuple[tuple[bytes, bytes], ...]) -> _Headers:
        """Read them."""
        values: dict[str, str] = {}
        for raw_name, raw_value in pairs:
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            values[name] = f"{values[name]}, {value}" if name in values else value
        host = values.get("host", "localhost")
        return cls(
            values,
            host if _HOST.fullmatch(host) else None,
            takes_gzip(values.get("accept-encoding", "")),
            not _PERSONAL.isdisjoint(values),
            any(name in values for name in _FORWARDING),
        )


class _NotToBeKept(Exception):
    """Headers that hold a secret, or that are long."""


@lru_cache(maxsize=256)
def _known_headers(pairs: tuple[tuple[bytes, bytes], ...]) -> _Headers:
    secret = any(name == b"authorization" for name, _ in pairs)
    if secret or sum(len(name) + len(value) for name, value in pairs) > _KEY_BYTES:
        raise _NotToBeKept
    return _Headers.read(pairs)


class ClientLeft(Exception):
    """The client went before its request was whole."""


class _Leaving:
    """Ends a query that takes long when its client leaves."""

    __slots__ = ("_endpoint", "_receive", "_watching")

    def __init__(self, endpoint: SparqlEndpoint, receive: Receive) -> None:
        self._endpoint, self._receive = endpoint, receive
        self._watching: asyncio.Task[None] | None = None

    def watch(self, identifier: str) -> None:
        """Begin to: the query of this identifier takes long."""
        if self._watching is None:
            self._watching = asyncio.ensure_future(self._cancel_when_left(identifier))

    def end(self) -> None:
        """The query is answered."""
        if self._watching:
            self._watching.cancel()

    async def _cancel_when_left(self, identifier: str) -> None:
        await _left(self._receive)
        self._endpoint.cancel(identifier)


class Gate:
    """The application of one worker process."""

    def __init__(
        self,
        app: Flask,
        state: State,
        endpoint: SparqlEndpoint,
        budget: Budget,
        placement: Placement,
    ) -> None:
        self.app = app
        self._state = state
        self._settings: Configuration = state.configuration
        self._endpoint = endpoint
        self._budget = budget
        self._dumps = None
        if not state.configuration.is_remote:
            self._dumps = Dumps(
                state.configuration, state.vocabulary, state.backend, budget, placement
            )
        self._threads = ThreadPoolExecutor(
            _THREADS, thread_name_prefix="page", initializer=placement.roam
        )
        self._pages, self._page_seen = 0, 0.0
        self._kept = _KeptReplies(self._settings.cache_size_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        if scope["type"] != "http":
            return
        headers = _Headers.of(scope["headers"])
        current = self._current(scope)
        key = _cache_key(scope, headers, current) if current else None
        kept = self._kept.get(key) if key is not None else None
        if kept:
            await send(kept.start)
            await send(kept.body)
            return
        request: Request | None = None
        try:
            limit, setting = self._check(scope, headers)
            if scope["method"] in _WITHOUT_BODY:
                request = self._request(scope, headers, current)
            else:
                body = await self._body(headers, receive, limit, setting)
                request = self._request(scope, headers, current, body)
            reply = await self._reply(request, receive)
        except ClientLeft:
            reply = problem(400, "The request's body is not whole.")
            request = self._request(scope, headers, current)
        except Exception as error:
            may_have_body = scope["method"] not in _WITHOUT_BODY
            if request is None and may_have_body and "expect" not in headers.values:
                await drain(receive)
            request = request or self._request(scope, headers, current)
            reply = await self._failed(request, error)
        await self._send(request, reply, receive, send, key)

    # --- in ---------------------------------------------------------------------------

    def _current(self, scope: Scope) -> Current | None:
        """What a query is answered from; None for other requests, and where nothing stands."""
        if scope["path"] != "/sparql" or scope["method"] != "GET" or not scope["query_string"]:
            return None
        try:
            return self._state.backend.current()
        except ShuangmaError:  # whoever asks the backend next is told
            return None

    def _request(
        self, scope: Scope, headers: _Headers, current: Current | None, body: Spool | None = None
    ) -> Request:
        return Request(
            method=scope["method"],
            path=scope["path"],
            query_string=scope["query_string"],
            headers=headers.values,
            origin=f"{scope['scheme']}://{headers.host or 'localhost'}",
            client=self._client(scope, headers),
            body=body or NOTHING,
            raw_path=(scope.get("raw_path") or b"").partition(b"?")[0].decode("latin-1"),
            current=current,
        )

    def _check(self, scope: Scope, headers: _Headers) -> tuple[int, str]:
        """How long the body may be, and the setting that says so.

        Raises `HttpProblem` for what is not let in, whatever its body.
        """
        settings = self._settings
        if headers.host is None:
            raise HttpProblem(400, "The Host header names no host.")
        if len(headers.values.get("accept", "")) > _ACCEPT_CHARACTERS:
            raise HttpProblem(431, f"Accept is longer than {_ACCEPT_CHARACTERS:,} characters.")
        path, uploads = scope["path"], False
        if scope["method"] in _WRITES:
            uploads = path == "/update" or _is_graph_store(path)
            if uploads and (path != "/update" or scope["method"] == "POST"):
                self._endpoint.admit(headers.values)  # before anything of the body is taken
        if len(scope["query_string"]) > settings.query_size_bytes:
            raise too_large(settings.query_size_bytes, _QUERY_SIZE)
        if uploads:
            return settings.upload_size_bytes, _UPLOAD_SIZE
        return settings.query_size_bytes, _QUERY_SIZE

    async def _body(self, headers: _Headers, receive: Receive, limit: int, setting: str) -> Spool:
        """Take the whole body. Raises `HttpProblem` 413 as soon as it is known to be too large."""
        announced = headers.values.get("content-length", "")
        if announced.isdigit() and int(announced) > limit:
            raise too_large(limit, setting)
        sink, size = SpoolWriter(limit + 1, self._settings.spool or None), 0
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientLeft
                part = message.get("body", b"")
                size += len(part)
                if size > limit:
                    raise too_large(limit, setting)
                if part:
                    sink.write(part)
                if not message.get("more_body", False):
                    return sink.finish()
        finally:
            sink.discard()

    def _client(self, scope: Scope, headers: _Headers) -> str:
        """Who asks, for the budget; nobody in particular for a direct request from this machine."""
        peer = (scope.get("client") or ("",))[0] or ""
        local = peer.startswith("127.") or peer in {"::1", "::ffff:127.0.0.1", ""}
        if local and not headers.is_forwarded:
            return ""
        if self._settings.trusted_proxies:
            hops = [hop.strip() for hop in headers.values.get("x-forwarded-for", "").split(",")]
            hops = [hop for hop in hops if hop]
            if len(hops) >= self._settings.trusted_proxies:
                return hops[-self._settings.trusted_proxies]
        return str(peer) or "local"

    # --- through ----------------------------------------------------------------------

    async def _reply(self, request: Request, receive: Receive) -> Reply:
        path = request.path
        native = path in {"/sparql", "/update"} or _is_graph_store(path)
        if request.method == "OPTIONS":
            return _preflight(request, native)
        if native and not (path == "/sparql" and self._is_page(request)):
            leaving = _Leaving(self._endpoint, receive)
            try:
                return await self._protocol(request, leaving)
            finally:
                leaving.end()
        if self._dumps and takes(path):
            return await self._dumps.reply(request)
        if path.startswith("/api/queries/") and request.method == "DELETE":
            return await self._cancel(path.rpartition("/")[2])
        return await self._page(request)

    def _is_page(self, request: Request) -> bool:
        if request.method == "POST" and request.media_type != "application/x-www-form-urlencoded":
            return False
        return prefers_page(request.accept, request.format_asked)

    def _protocol(self, request: Request, leaving: _Leaving) -> Awaitable[Reply]:
        if request.path == "/sparql":
            return self._endpoint.sparql(request, leaving.watch)
        if request.path == "/update":
            return self._endpoint.update(request)
        return self._endpoint.graph_store(request, leaving.watch)

    async def _cancel(self, identifier: str) -> Reply:
        plain = identifier.replace("-", "").lower()
        try:
            is_one = len(bytes.fromhex(plain)) == 16
        except ValueError:
            is_one = False
        endpoint = self._endpoint
        if is_one and (endpoint.cancel(plain) or await endpoint.cancel_elsewhere(plain)):
            return Reply(204)
        return problem(404, "No query of that identifier runs or waits.")

    def rests(self, seconds: float) -> bool:
        """Whether nobody has wanted a page for so long."""
        return not self._pages and time.monotonic() - self._page_seen > seconds

    async def _page(self, request: Request) -> Reply:
        check_budget(self._budget, request.client)
        started = time.monotonic()
        self._pages += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, answer_page, self.app, request)
        finally:
            self._pages, self._page_seen = self._pages - 1, time.monotonic()
            if request.client:
                self._budget.spend(request.client, time.monotonic() - started)

    async def _failed(self, request: Request, error: Exception) -> Reply:
        """The reply to an error: a page for people, a problem document for machines."""
        if isinstance(error, HttpProblem):
            reply = problem(error.status, str(error))
            reply.headers |= error.headers
        elif isinstance(error, ShuangmaError):
            reply = reply_to(error)
            if isinstance(error, TooBusy):
                reply.headers["Retry-After"] = str(error.retry_after_s)
                await asyncio.sleep(_REFUSED_S)
            if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                log.warning("request failed", path=request.path, error=str(error))
        else:
            log.exception("unexpected error", path=request.path)
            reply = problem(500, "Something went wrong here. It was logged.")
        with suppress(ShuangmaError, HttpProblem):
            asked = request.url_parameters.first("format")
            if prefers_page(request.accept, asked):
                loop = asyncio.get_running_loop()
                headers = reply.headers
                reply = await loop.run_in_executor(
                    self._threads, error_page, self.app, request, reply
                )
                reply.headers = {
                    n: v for n, v in headers.items() if n not in {"Content-Type"}
                } | reply.headers
        return reply.vary("Accept")

    # --- out --------------------------------------------------------------------------

    async def _send(
        self, request: Request, reply: Reply, receive: Receive, send: Send, key: Hashable | None
    ) -> None:
        try:
            if _COMPRESSED_FROM_BYTES <= reply.size <= _COMPRESSED_TO_BYTES:
                reply = await self._compressed(request, reply)
            reply = ranged(request, reply)
        except OSError as error:  # a full disk
            reply = await self._failed(request, error)
        bare = reply.status in {204, 304} or reply.status < _OK
        if not bare:
            reply.headers["Content-Length"] = str(reply.size)
        pages = reply.headers.get("Content-Type", "").startswith("text/html")
        fixed = HARDENED if pages else SHARED
        identifier = reply.headers.pop(QUERY_ID, "")
        shared = [*_encoded(reply.headers), *fixed]  # by who asks the same
        own = _encoded({QUERY_ID: identifier}) if identifier else []
        start: dict[str, Any] = {
            "type": "http.response.start",
            "status": int(reply.status),
            "headers": [*own, *shared],
        }
        if (
            isinstance(reply.body, Spool)
            and reply.body.descriptor is not None
            and not (bare or request.method == "HEAD")
        ):
            spool = reply.body
            await send(start)
            if reply.part:
                await _while_there(_send_part(spool, reply.part, send), receive)
                return
            path = f"/dev/fd/{spool.descriptor}"
            if sys.platform == "linux":
                path = f"/proc/self/fd/{spool.descriptor}"
            await send({"type": "http.response.pathsend", "path": path})
            asyncio.get_running_loop().call_later(_SPOOL_LINGER_S, spool.close)
            return
        whole = b"" if bare or request.method == "HEAD" else reply.whole()
        body = {
            "type": "http.response.body",
            "body": whole,
            "more_body": False,
        }
        keeps = key is not None and reply.status == _OK and "ETag" in reply.headers
        if keeps and len(whole) <= _CACHED_TO_BYTES and self._kept.wants(key):
            size = len(whole) + 4 * _KEY_BYTES
            self._kept.put(key, _Kept(start | {"headers": shared}, body, size))
        await send(start)
        await send(body)

    async def _compressed(self, request: Request, reply: Reply) -> Reply:
        """The reply in gzip, where the client takes it and it is worth it (RFC 9110, 8.4.1)."""
        media_type = reply.headers.get("Content-Type", "")
        if not media_type.startswith("text/") and not any(
            kind in media_type for kind in ("json", "xml", "n-", "trig", "javascript")
        ):
            return reply
        reply.vary("Accept-Encoding")
        if "Content-Encoding" in reply.headers or not takes_gzip(
            request.headers.get("accept-encoding", "")
        ):
            return reply
        if isinstance(reply.body, Spool) and reply.body.descriptor is not None:
            reply.body = await asyncio.to_thread(_pack, reply.body, self._settings.spool or None)
        else:
            whole = reply.whole()
            reply.body = gzip.compress(whole, _COMPRESSION, mtime=0)
        reply.headers["Content-Encoding"] = "gzip"
        if "ETag" in reply.headers:
            reply.headers["ETag"] = reply.headers["ETag"][:-1] + '-gzip"'
        return reply


def _is_graph_store(path: str) -> bool:
    return path == graph_store.PATH or path.startswith(_GRAPHS)


def _cache_key(scope: Scope, headers: _Headers, current: Current) -> Hashable | None:
    """What a repeated query's answer is kept under; None for what is not kept."""
    accept = headers.values.get("accept", "")
    if headers.is_personal or max(len(scope["query_string"]), len(accept)) > _KEY_BYTES:
        return None
    return current.version, scope["query_string"], accept, headers.takes_gzip


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI sends them; one for each line of a value."""
    found = []
    for name, value in headers.items():
        encoded = _encoded_name(name)
        if "\n" in value:
            found += [(encoded, line.encode("latin-1", "replace")) for line in value.split("\n")]
        else:
            found.append((encoded, value.encode("latin-1", "replace")))
    return found


@lru_cache(maxsize=256)
def _encoded_name(name: str) -> bytes:
    return name.lower().encode("latin-1")


async def _while_there(sending: Coroutine[Any, Any, None], receive: Receive) -> None:
    """Go on sending until that is done, or the client leaves."""
    tasks = [asyncio.ensure_future(sending), asyncio.ensure_future(_left(receive))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_part(spool: Spool, part: tuple[int, int], send: Send) -> None:
    """Send a part of a file as fast as the client takes it, a chunk in memory at a time."""
    start, end = part
    with spool:
        assert spool.descriptor is not None
        while start < end:
            size = min(_CHUNK_BYTES, end - start)
            chunk = await asyncio.to_thread(os.pread, spool.descriptor, size, start)
            start += len(chunk)
            more = bool(chunk) and start < end
            message = {"type": "http.response.body", "body": chunk, "more_body": more}
            await asyncio.wait_for(send(message), _STALLED_S)
            if not chunk:
                return  # cut short meanwhile: the client misses bytes, and knows


def _pack(spool: Spool, folder: str | None) -> Spool:
    sink = SpoolWriter(1 << 40, folder)
    packer = zlib.compressobj(_COMPRESSION, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    with spool:
        assert spool.descriptor is not None
        with io.FileIO(os.dup(spool.descriptor)) as file:
            file.seek(0)
            for part in iter(partial(file.read, 1 << 18), b""):
                sink.write(packer.compress(part))
    sink.write(packer.flush())
    return sink.finish()


_POSTED = ("/api/neighbours", "/api/view", "/export/view.")
_METHODS = {
    "/sparql": "GET, HEAD, POST, OPTIONS",
    "/update": "POST, OPTIONS",
    graph_store.PATH: "GET, HEAD, PUT, POST, DELETE, OPTIONS",
}


def _preflight(request: Request, native: bool) -> Reply:
    """What may be sent here, for a page of another site that asks (Fetch standard, 3.2.2)."""
    known = _METHODS.get(request.path, _METHODS[graph_store.PATH]) if native else None
    allowed = known or "GET, HEAD, OPTIONS"
    if request.path.startswith("/api/queries/"):
        allowed = "DELETE, OPTIONS"
    elif request.path.startswith(_POSTED):
        allowed = "POST, OPTIONS"
    headers = {"Allow": allowed}
    if "access-control-request-method" in request.headers:
        headers |= {
            "Access-Control-Allow-Methods": allowed,
            "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, "
            "Content-Encoding, If-None-Match, If-Range, Query-Id, Range",
            "Access-Control-Max-Age": "86400",
        }
    return Reply(204, headers)


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
