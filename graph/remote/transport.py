"""Carries requests to another engine and its answers back, bounded in time and size.

By urllib3: it needs no other package, keeps connections for many threads, streams, and
lets a connection's class be ours, which a deadline takes (`graph.remote.connection`). Its
own retries are not used, for they know no deadline.

Knows HTTP; knows nothing of SPARQL.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO
from urllib.parse import urljoin, urlsplit, urlunsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, InvalidHeader, SSLError

from graph.errors import EngineUnavailable, QueryFailed, QueryTimedOut
from graph.remote.connection import Deadline, Watch, connection_pools
from graph.remote.endpoint import Endpoint, origin
from graph.remote.refusal import unknown_outcome
from graph.spool import Spool, SpoolWriter

_CONNECT_TIMEOUT_S = 5.0
_PART_BYTES = 256 * 1024
_ERROR_BYTES = 64 * 1024
_RETRIES = 2
_RETRY_PAUSE_S = 0.2
_REDIRECTS = 3
_MOVED = {301, 302, 307, 308}
_BUSY = {429, 502, 503, 504}

Repair = Callable[[Iterable[bytes]], Iterator[bytes]]


class TimedSpool(SpoolWriter):
    """A spool that is written until a deadline."""

    def __init__(self, limit_bytes: int, folder: str | None, deadline: Deadline) -> None:
        """Begin an answer of at most `limit_bytes`."""
        super().__init__(limit_bytes, folder)
        self._deadline = deadline

    def write(self, part: bytes) -> int:
        """Add bytes. Raises `QueryTimedOut`, `AnswerTooLarge` and `OSError`."""
        if self._deadline.is_over:
            raise QueryTimedOut(self._deadline.timeout_s)
        return super().write(part)


@dataclass(frozen=True)
class Request:
    """A request; what `is_safe` may be repeated. A file as its body has its length in a header."""

    method: str
    address: str
    headers: Mapping[str, str]
    body: bytes | IO[bytes] | None = None
    is_safe: bool = True


@dataclass(frozen=True)
class Reply:
    """An answer, whole; of an error only its beginning. Whoever holds it closes its spool."""

    status: int
    headers: Mapping[str, str]
    spool: Spool

    @property
    def is_success(self) -> bool:
        """Whether it is what was asked for."""
        return 200 <= self.status < 300

    @property
    def media_type(self) -> str:
        """The media type without parameters, in lower case; empty where there is none."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()


class _NotSent(Exception):
    """Nobody took the request: it did nothing."""


class _Lost(Exception):
    """The connection ended before the answer did."""


class Transport:
    """Asks one engine, with its credentials."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Connections are made as they are needed."""
        self._authorization: dict[str, str] = {}
        if endpoint.token:
            self._authorization = {"Authorization": f"Bearer {endpoint.token}"}
        elif endpoint.username:
            pair = f"{endpoint.username}:{endpoint.password or ''}".encode()
            self._authorization = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        self._folder = endpoint.spool_folder
        self._pools = connection_pools()

    def close(self) -> None:
        """End connections that wait."""
        self._pools.clear()

    def send(
        self,
        request: Request,
        deadline: Deadline,
        answer_bytes: int,
        repair: Repair = iter,
    ) -> Reply:
        """Send a request and take its whole answer, in at most 3 attempts.

        Repeats anything that nobody took, and what is safe when the engine says when to
        come back, or once when the connection fails: the request may be what ended the
        engine. `repair` mends the answer's bytes as they come. Raises `QueryTimedOut`,
        `AnswerTooLarge` and `EngineUnavailable`; the last for whatever leaves it open
        whether an unsafe request was applied.
        """
        for attempt in range(_RETRIES + 1):
            is_last = attempt == _RETRIES
            try:
                reply = self._follow(request, deadline, answer_bytes, repair)
            except (_NotSent, _Lost) as error:
                if isinstance(error, _Lost) and not request.is_safe:
                    raise unknown_outcome(plain(request.address), str(error)) from error
                is_last = is_last or (isinstance(error, _Lost) and attempt > 0)
                if is_last or not _pause(_RETRY_PAUSE_S * 2**attempt, deadline):
                    raise EngineUnavailable(str(error)) from error
                continue
            wait_s = _retry_after(reply) if request.is_safe and not is_last else None
            if wait_s is None or not _pause(wait_s, deadline):
                return reply
            reply.spool.close()
        raise AssertionError("The last attempt returns or raises.")

    def _follow(
        self, request: Request, deadline: Deadline, answer_bytes: int, repair: Repair
    ) -> Reply:
        """Send it where it is sent on to, on the same host."""
        address = request.address
        for _ in range(_REDIRECTS + 1):
            reply = self._once(request, address, deadline, answer_bytes, repair)
            if reply.status not in _MOVED or "Location" not in reply.headers:
                return reply
            reply.spool.close()
            target = urljoin(address, reply.headers["Location"])
            if origin(target) != origin(request.address):
                raise EngineUnavailable(
                    f"{plain(request.address)} sends to another host, {plain(target)}, which is "
                    "not followed with your queries and credentials. "
                    "If it is the engine, name that address."
                )
            address = target
        raise EngineUnavailable(f"{plain(request.address)} redirects without end.")

    def _once(
        self, request: Request, address: str, deadline: Deadline, answer_bytes: int, repair: Repair
    ) -> Reply:
        place = plain(address)
        headers = {"User-Agent": "shuangma", **self._authorization, **request.headers}
        if not request.is_safe:
            # A connection that waited may be dead, and then nobody knows what was applied.
            headers["Connection"] = "close"
        if request.body is not None and not isinstance(request.body, bytes):
            request.body.seek(0)
        with Watch(deadline):
            try:
                response = self._pools.request(
                    request.method,
                    address,
                    body=request.body,
                    headers=headers,
                    preload_content=False,
                    redirect=False,
                    retries=False,
                    timeout=urllib3.Timeout(
                        connect=min(_CONNECT_TIMEOUT_S, deadline.left_s), read=deadline.left_s
                    ),
                )
            except ConnectTimeoutError as error:
                raise _NotSent(_nobody(place, error)) from error
            except SSLError as error:
                raise EngineUnavailable(f"{place} cannot be trusted: {error}") from error
            except HTTPError as error:
                raise _lost(request, deadline, f"{place} ended the connection", error) from error
            try:
                return self._take(response, deadline, answer_bytes, repair)
            except HTTPError as error:
                raise _lost(request, deadline, f"{place} broke off its answer", error) from error
            except OSError as error:
                raise QueryFailed(f"The answer could not be kept: {error}") from error
            finally:
                # What was not read to its end is of no use to the next who asks.
                response.close()

    def _take(
        self,
        response: urllib3.BaseHTTPResponse,
        deadline: Deadline,
        answer_bytes: int,
        repair: Repair,
    ) -> Reply:
        if response.status >= 300:
            body = response.read(_ERROR_BYTES, decode_content=True)
            return Reply(response.status, response.headers, Spool(body))
        sink = TimedSpool(answer_bytes, self._folder, deadline)
        try:
            for part in repair(response.stream(_PART_BYTES, decode_content=True)):
                sink.write(part)
            # An answer without a length ends with its connection, which the watch may have ended.
            sink.write(b"")
            return Reply(response.status, response.headers, sink.finish())
        finally:
            sink.discard()


def plain(address: str) -> str:
    """An address as people are told it: without parameters."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _lost(request: Request, deadline: Deadline, how: str, error: HTTPError) -> Exception:
    """Why there is no answer. Only of what is safe it may be said that nothing came of it."""
    if not deadline.is_over:
        return _Lost(f"The engine at {how} ({error}).")
    if request.is_safe:
        return QueryTimedOut(deadline.timeout_s)
    return _Lost(f"it did not answer within {deadline.timeout_s:g} s")


def _pause(wait_s: float, deadline: Deadline) -> bool:
    """Wait, unless the deadline is sooner; whether there is time for another attempt."""
    if wait_s >= deadline.left_s:
        return False
    time.sleep(wait_s)
    return True


def _retry_after(reply: Reply) -> float | None:
    """Seconds after which the engine wants to be asked again (RFC 9110, 10.2.3)."""
    told = reply.headers.get("Retry-After")
    if reply.status not in _BUSY or told is None:
        return None
    try:
        return urllib3.Retry().parse_retry_after(told)
    except InvalidHeader:
        return None


def _nobody(place: str, error: HTTPError) -> str:
    why = str(error).rpartition(": ")[2] or "no answer"
    return f"Nothing answers at {place}: {why}. Start the engine there, or check the address."
