"""A request and a reply of HTTP, as the protocols see them."""

from __future__ import annotations

import json
from binascii import a2b_qp
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes

from graph.errors import InvalidQuery
from graph.spool import NOTHING, Spool
from server.backend import Current

PROBLEM_TYPE = "application/problem+json"
FORM_TYPE = "application/x-www-form-urlencoded"
_MAX_FIELDS = 1000
_NONE: list[Any] = [None]


@dataclass
class Request:
    """A whole request. Names of headers are in small letters; `raw_path` is as it was sent.

    `current` is what was current as it came, where that was asked.
    """

    method: str
    path: str
    query_string: bytes
    headers: Mapping[str, str]
    origin: str
    client: str
    body: Spool = NOTHING
    raw_path: str = ""
    current: Current | None = None
    _in_address: Parameters | None = field(default=None, init=False)

    @cached_property
    def media_type(self) -> str:
        """The media type of the body, without parameters, in small letters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @cached_property
    def charset(self) -> str:
        """The charset that the body's type says, else utf-8."""
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = part.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip("\"'").lower()
        return "utf-8"

    @property
    def url_parameters(self) -> Parameters:
        """The parameters of the address."""
        if self._in_address is None:  # by hand: what keeps it with a lock shows in point queries
            self._in_address = Parameters.parse(self.query_string)
        return self._in_address

    @property
    def parameters(self) -> Parameters:
        """The parameters of the address and, of a form that was posted, of the body."""
        return self.url_parameters if self.method != "POST" else self._posted

    @cached_property
    def _posted(self) -> Parameters:
        if self.media_type != FORM_TYPE:
            return self.url_parameters
        return Parameters([*self.url_parameters.pairs, *Parameters.parse(self.read()).pairs])

    def read(self) -> bytes:
        """The body of a query or a form. Raises `HttpProblem` 415 when it is packed."""
        encoding = self.headers.get("content-encoding", "").strip().lower()
        if encoding not in {"", "identity"}:
            raise HttpProblem(
                415,
                f"A query or update packed by {encoding} is not unpacked here. Send it plain.",
                Accept_Encoding="identity",
            )
        return self.body.read()

    @property
    def accept(self) -> str | None:
        """The Accept header."""
        return self.headers.get("accept")

    @property
    def format_asked(self) -> str | None:
        """What `?format=` or `?output=` says."""
        found = self.parameters
        return found.first("format") or found.first("output") or None


class Parameters:
    """Parameters in their order, which may repeat."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        """Names and values, in the order in which they came."""
        self.pairs = pairs
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    @classmethod
    def parse(cls, text: bytes) -> Parameters:
        """Parameters of `a=b&c=d` (URL standard, 5.1).

        Raises `InvalidQuery` for what is not UTF-8, and for too many.
        """
        if text.count(b"&") >= _MAX_FIELDS:
            raise InvalidQuery(f"There are more than {_MAX_FIELDS} parameters.")
        try:
            parts = [part.partition(b"=") for part in text.split(b"&") if part]
            return cls([(_decoded(name), _decoded(value)) for name, _, value in parts])
        except UnicodeDecodeError as error:
            raise InvalidQuery("A parameter of the request is not UTF-8.") from error

    def all(self, name: str) -> list[str]:
        """All values of a parameter."""
        return self._values.get(name, [])

    def first(self, name: str) -> str | None:
        """The first value of a parameter."""
        return self._values.get(name, _NONE)[0]

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)


def _decoded(text: bytes) -> str:
    """A name or value without its percent signs and pluses.

    Quoted-printable (RFC 2045, 6.7) differs by its sign, and by what it does at the end of a
    line; its decoder is in C, and a point query's text takes a tenth of the time by it.
    """
    text = text.replace(b"+", b" ")
    if b"%" in text:
        quoted = text.replace(b"=", b"=3D").replace(b"%", b"=")
        plain = a2b_qp(quoted)
        # Three bytes became one for each sign, or one was no sign of a byte.
        whole = len(quoted) - len(plain) == 2 * quoted.count(b"=")
        text = plain if whole and not (b"\n" in text or b"\r" in text) else unquote_to_bytes(text)
    return text.decode()


@dataclass
class Reply:
    """A whole reply; `part` are the first byte of the body that is sent, and the one after."""

    status: int = HTTPStatus.OK
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | Spool = b""
    part: tuple[int, int] | None = None

    @property
    def size(self) -> int:
        """How long what is sent is, in bytes."""
        if self.part:
            return self.part[1] - self.part[0]
        return self.body.size if isinstance(self.body, Spool) else len(self.body)

    def whole(self) -> bytes:
        """All that is sent."""
        body = self.body.read() if isinstance(self.body, Spool) else self.body
        return body[self.part[0] : self.part[1]] if self.part else body

    def vary(self, *names: str) -> Reply:
        """Say that the reply depends on these headers of the request."""
        told = self.headers.get("Vary", "")
        known = told.split(", ") if told else []
        self.headers["Vary"] = ", ".join([*known, *(n for n in names if n not in known)])
        return self


class HttpProblem(Exception):
    """A request that gets an error: its status, what is amiss and how it is mended."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def problem(status: int, detail: str, **members: Any) -> Reply:
    """A problem document (RFC 9457)."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
    }
    document |= {name: value for name, value in members.items() if value is not None}
    body = json.dumps(document, ensure_ascii=False) + "\n"
    headers = {"Content-Type": PROBLEM_TYPE, "Cache-Control": "no-store"}
    return Reply(status, headers, body.encode())
