"""Figures for Prometheus at `/metrics`: what is asked, how it ends, who is busy.

In the text format of OpenMetrics' forerunner (Prometheus 0.0.4). Workers count in files of the
service's runtime folder, so that each of them tells of all.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from graph.errors import StoreError
from graph.readers.board import Board
from graph.readers.settings import LANES
from graph.store import EditionStore
from server.configuration import Configuration
from server.headers import HARDENED

PATH = "/metrics"
_BUCKETS_S = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60)
_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}
_ENDPOINTS = ("sparql", "update", "store", "api", "static", "export", "data", "article")

App = Callable[..., Awaitable[None]]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def endpoint_of(path: str) -> str:
    """The part of the service that a path belongs to: one of few, whatever is asked.

    >>> endpoint_of("/store/a/b"), endpoint_of("/id/DingTalk"), endpoint_of("/sparqlx")
    ('store', 'page', 'page')
    """
    first = path[1:].partition("/")[0]
    return first if first in _ENDPOINTS else "page"


class Metrics:
    """The figures of a service, as one of its workers counts and tells them."""

    def __init__(self, configuration: Configuration) -> None:
        """Count from nothing, where `server.serving` has told the library."""
        self._folder = configuration.metrics_folder
        self._now = None if configuration.is_remote else _Now(configuration)
        own = CollectorRegistry()
        self._requests = Counter(
            "shuangma_requests",
            "Requests that were answered.",
            ["endpoint", "method", "status"],
            registry=own,
        )
        self._seconds = Histogram(
            "shuangma_request_seconds",
            "From a request's head to the last byte of its answer.",
            ["endpoint"],
            buckets=_BUCKETS_S,
            registry=own,
        )

    def count(self, path: str, method: str, status: int, seconds: float) -> None:
        """Take note of a request; `status` is 0 for one whose client left."""
        endpoint = endpoint_of(path)
        told = method if method in _METHODS else "other"
        self._requests.labels(endpoint, told, str(status) if status else "none").inc()
        self._seconds.labels(endpoint).observe(seconds)

    def text(self) -> bytes:
        """All figures of all workers."""
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(self._folder))
        if self._now:
            registry.register(self._now)
        return generate_latest(registry)


class _Now(Collector):
    """What is so at this moment: the edition, its quads, the readers and those that are busy."""

    def __init__(self, configuration: Configuration) -> None:
        settings = configuration.reader_settings()
        self._store = EditionStore(settings.store)
        self._board = Board(settings.board)
        self._sizes = {"page": settings.page_readers, "query": settings.readers}

    def collect(self) -> Iterator[Metric]:
        """The gauges (`prometheus_client.registry.Collector`)."""
        try:
            name = self._store.current_name()
            if name is not None:
                yield GaugeMetricFamily(
                    "shuangma_edition", "The number of the edition that is served.", int(name)
                )
                quads = self._store.edition(name).quads
                if quads is not None:
                    yield GaugeMetricFamily("shuangma_quads", "Quads in that edition.", quads)
        except StoreError:
            pass  # nothing is served, which the requests tell
        running = [each.lane for each in self._board.all_running()]
        readers = GaugeMetricFamily(
            "shuangma_readers", "Processes that answer, by lane.", labels=["lane"]
        )
        busy = GaugeMetricFamily(
            "shuangma_readers_busy", "Those that are at a request.", labels=["lane"]
        )
        for index, lane in enumerate(LANES):
            readers.add_metric([lane], self._sizes.get(lane, 1))
            busy.add_metric([lane], running.count(index))
        yield readers
        yield busy


class Metered:
    """An application (ASGI 3) whose requests are counted, and the page that tells of them."""

    def __init__(self, app: App, metrics: Metrics) -> None:
        """Count what `app` answers."""
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"] == PATH:
            await self._tell(scope["method"], send)
            return
        status, started = 0, time.monotonic()

        async def noting(message: dict[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            seconds = time.monotonic() - started
            self._metrics.count(scope["path"], scope["method"], status, seconds)

    async def _tell(self, method: str, send: Send) -> None:
        reads = method in {"GET", "HEAD"}
        told = await asyncio.to_thread(self._metrics.text) if reads else b""
        kind = (b"content-type", CONTENT_TYPE_LATEST.encode())
        headers = [(b"content-length", str(len(told)).encode()), *HARDENED]
        headers.append(kind if reads else (b"allow", b"GET, HEAD"))
        status = 200 if reads else 405
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": told if method == "GET" else b""})
