"""What every engine looks like once it runs, and how it is asked and told."""

from __future__ import annotations

import http.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from tests.engines.process import Process

_TIMEOUT_S = 120


class Unavailable(Exception):
    """An engine cannot be had on this machine; the message says why."""


class EngineError(Exception):
    """A running engine refused what it was asked; the message holds its answer."""


@dataclass(frozen=True)
class Engine:
    """A running engine; leaving its `with` block stops it.

    `update_url` and `store_url` are None where the engine has no SPARQL Update, or no Graph
    Store Protocol. `write_headers` are what its update and store want of a writer.
    """

    name: str
    version: str
    query_url: str
    process: Process
    update_url: str | None = None
    store_url: str | None = None
    write_headers: Mapping[str, str] = field(default_factory=dict)

    def stop(self) -> None:
        self.process.stop()

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def query(self, sparql: str, accept: str = "application/sparql-results+json") -> bytes:
        """The engine's answer to a query, whole."""
        url = f"{self.query_url}?{urlencode({'query': sparql})}"
        return request("GET", url, headers={"Accept": accept})

    def update(self, sparql: str) -> None:
        """Run an update and return when it is acknowledged."""
        assert self.update_url, f"{self.name} has no SPARQL Update"
        headers = {"Content-Type": "application/sparql-update", **self.write_headers}
        request("POST", self.update_url, sparql.encode(), headers)


class Peer(Protocol):
    """A module of this package: one kind of engine."""

    NAME: str

    def available(self) -> str | None:
        """Why the engine cannot be had on this machine, or None; fetches it where it lacks."""

    def start(self, folder: Path, files: Sequence[Path] = ()) -> Engine:
        """Load N-Quads files into a new dataset in `folder`, and serve it.

        A query without GRAPH reads the union of all graphs.
        """


def request(
    method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> bytes:
    """The body of a successful answer. Raises `EngineError` for any other."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=_TIMEOUT_S)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body, dict(headers or {}))
        response = connection.getresponse()
        answer = response.read()
    finally:
        connection.close()
    if not 200 <= response.status < 300:
        raise EngineError(f"{response.status} from {url}: {answer[:2000].decode(errors='replace')}")
    return answer


def answers(query_url: str) -> bool:
    """Whether an engine is up and answers a query yet."""
    query = urlencode({"query": "ASK { <urn:nothing> <urn:nothing> <urn:nothing> }"})
    try:
        request("GET", f"{query_url}?{query}", headers={"Accept": "*/*"})
    except (OSError, http.client.HTTPException, EngineError):
        return False
    return True
