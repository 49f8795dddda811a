"""A plain HTTP client for tests: no redirects followed, no error raised."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 60
FORM = "application/x-www-form-urlencoded"
Headers = Mapping[str, str]
Body = bytes | Iterable[bytes] | None


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get_content_type()

    @property
    def problem(self) -> dict[str, Any]:
        """The problem document (RFC 9457) that an error is told by."""
        assert self.media_type == "application/problem+json", (self.status, self.body)
        document: dict[str, Any] = json.loads(self.body)
        assert document["status"] == self.status
        return document

    @property
    def detail(self) -> str:
        """What the problem document tells people."""
        return str(self.problem["detail"])


def request(
    method: str,
    url: str,
    body: Body = None,
    headers: Headers | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Answer:
    """Send a request; a body that comes in parts goes chunked."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=timeout_s)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body, dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def get(url: str, accept: str = "*/*", headers: Headers | None = None) -> Answer:
    return request("GET", url, headers={"Accept": accept, **(headers or {})})


def post(url: str, body: Body, content_type: str, headers: Headers | None = None) -> Answer:
    return request("POST", url, body, {"Content-Type": content_type, **(headers or {})})


def connect(url: str, timeout_s: float = TIMEOUT_S) -> socket.socket:
    """A connection to write bytes on that are no proper request."""
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=timeout_s)


def exchange(
    url: str, sent: bytes, timeout_s: float = TIMEOUT_S, *, ends: bool = False
) -> Answer | None:
    """Send bytes as they are; None when the connection was closed without an answer.

    With `ends` it is told that no more will come, which a request that is whole need not be.
    """
    with connect(url, timeout_s) as connection:
        response = http.client.HTTPResponse(
            connection, method=sent.split(b" ", 1)[0].decode("latin-1")
        )
        try:
            connection.sendall(sent)
            if ends:
                connection.shutdown(socket.SHUT_WR)
            response.begin()
            return Answer(response.status, response.headers, response.read())
        except (http.client.BadStatusLine, ConnectionError):
            return None
