"""A load: so many clients that ask one after the other, for so long.

All clients live in one thread and share one sequence of requests, so that every engine is
asked the same in the same order. The load warms up, and goes on without a break into the
time that counts. That time begins and ends where the kinds of query have all had their
turns: it holds a whole number of rounds of them, however slow some kinds are, and what is
under way at its end makes up for what was under way at its beginning.
"""

from __future__ import annotations

import gc
import selectors
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.bench.connection import Connection, Failure
from tests.bench.query import Query

CLIENTS = 8
_POLL_S = 0.05


@dataclass
class Load:
    """What a load measured: requests and bytes of answers in `seconds`, latencies in seconds."""

    seconds: float = 0
    requests: int = 0
    size_bytes: int = 0
    latencies: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    @property
    def bytes_per_second(self) -> float:
        return self.size_bytes / self.seconds

    def percentile(self, percent: int) -> float:
        """The latency that so many percent of the requests did not exceed; NaN for none."""
        if len(self.latencies) < 2:
            return self.latencies[0] if self.latencies else float("nan")
        return statistics.quantiles(self.latencies, n=100, method="inclusive")[percent - 1]


def requests_of(url: str, queries: Iterable[Query]) -> Iterator[bytes]:
    """Each query as the bytes of a GET."""
    host, path = _address(url)
    for query in queries:
        yield (
            b"GET %b?query=%b HTTP/1.1\r\nHost: %b\r\nAccept: %b\r\nConnection: keep-alive\r\n\r\n"
            % (path, query.encoded, host, query.accept.encode())
        )


def _address(url: str) -> tuple[bytes, bytes]:
    parts = urlsplit(url)
    return parts.netloc.encode(), (parts.path or "/").encode()


def drive(
    url: str,
    requests: Iterator[bytes],
    *,
    seconds: float,
    cycle: int = 1,
    warm_up_s: float = 1,
    clients: int = CLIENTS,
    limit_s: float = 60,
) -> Load:
    """Put a load on an engine and measure it, for `seconds` or the rest of a cycle longer.

    `cycle` is how many requests make a round of all kinds. The time that counts holds as many
    requests as there are clients at least, but ends after `limit_s` even in mid-cycle.
    """
    parts = urlsplit(url)
    assert parts.hostname and parts.port
    connections = [Connection(parts.hostname, parts.port) for _ in range(clients)]
    load = Load()
    collecting = gc.isenabled()
    gc.disable()
    try:
        with selectors.DefaultSelector() as selector:
            window = _Window(cycle, warm_up_s, seconds, max(clients, cycle), limit_s)
            _Clients(connections, selector, requests, window, load).run()
    except Failure as failure:
        load.failures.append(str(failure))
    finally:
        if collecting:
            gc.enable()
        for connection in connections:
            connection.close()
    return load


class _Window:
    """The time that counts: from the request that begins a cycle to one that begins another."""

    def __init__(
        self, cycle: int, warm_up_s: float, seconds: float, least: int, limit_s: float
    ) -> None:
        self._cycle = cycle
        self._seconds = seconds
        self._least = least
        self._limit_s = limit_s
        self._warm = time.perf_counter() + warm_up_s
        self.begun: float | None = None
        self.ended: float | None = None
        # Where a cycle began, and how many requests have been asked since.
        self._issued = 0
        self.requests = 0

    def ask(self, now: float) -> None:
        """Take note of the next request, or of the end if that has come."""
        if self.begun is None:
            late = now >= self._warm + self._limit_s
            if now >= self._warm and (self._issued % self._cycle == 0 or late):
                self.begun = now
            else:
                self._issued += 1
                return
        elapsed = now - self.begun
        enough = elapsed >= self._seconds and self.requests >= self._least
        if (enough and self.requests % self._cycle == 0) or elapsed >= self._limit_s:
            self.ended = now
        else:
            self.requests += 1

    def over(self, now: float) -> bool:
        """Whether so long nothing has come that nothing more is waited for."""
        return now > self._warm + 3 * self._limit_s


class _Clients:
    """The clients of one load, in one loop."""

    def __init__(
        self,
        connections: Sequence[Connection],
        selector: selectors.BaseSelector,
        requests: Iterator[bytes],
        window: _Window,
        load: Load,
    ) -> None:
        self._connections = connections
        self._selector = selector
        self._requests = requests
        self._window = window
        self._load = load
        # When each client asked what it waits for.
        self._asked: dict[Connection, float] = {}

    def run(self) -> None:
        """Ask until the window has ended and all that was asked is answered."""
        clock = time.perf_counter
        window, load = self._window, self._load
        for connection in self._connections:
            self._selector.register(connection, selectors.EVENT_READ, connection)
            self._ask(connection, clock())
        while self._asked:
            for key, _ in self._selector.select(_POLL_S):
                connection = key.data
                if not connection.receive():
                    continue
                now = clock()
                since = self._asked.pop(connection)
                if window.begun is not None and since >= window.begun:
                    load.latencies.append(now - since)
                    load.size_bytes += connection.body_bytes
                self._ask(connection, now)
            if window.over(clock()):
                raise Failure("The engine did not answer in time.")
        assert window.begun is not None and window.ended is not None
        load.seconds = window.ended - window.begun
        load.requests = window.requests

    def _ask(self, connection: Connection, now: float) -> None:
        window = self._window
        if window.ended is None:
            window.ask(now)
        if window.ended is not None:
            self._selector.unregister(connection)
            return
        before = connection.fileno()
        if connection.reopened():
            self._selector.unregister(before)
            self._selector.register(connection, selectors.EVENT_READ, connection)
        self._asked[connection] = now
        connection.send(next(self._requests))
