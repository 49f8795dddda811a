"""A plain HTTP client for tests: no redirects followed, no error raised."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get_content_type()


def request(
    method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body, dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def get(url: str, accept: str = "*/*", headers: Mapping[str, str] | None = None) -> Answer:
    return request("GET", url, headers={"Accept": accept, **(headers or {})})


def post(url: str, body: bytes, content_type: str) -> Answer:
    return request("POST", url, body, {"Content-Type": content_type})
