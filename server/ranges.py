"""Parts of a reply that is whole: an interrupted download goes on (RFC 9110, section 14)."""

from __future__ import annotations

import re
from http import HTTPStatus

from server.protocol.message import Reply, Request, problem

_ONE_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,19})\s*-\s*(\d{0,19})\s*", re.IGNORECASE)


def ranged(request: Request, reply: Reply) -> Reply:
    """The part of a reply that is asked for, where the reply says that it has parts.

    One range of bytes is answered; of several, the whole is (RFC 9110, 14.2 lets a server).
    """
    if reply.headers.get("Accept-Ranges") != "bytes" or reply.status != HTTPStatus.OK:
        return reply
    asked = request.headers.get("range")
    if request.method != "GET" or asked is None or not _is_same(request, reply):
        return reply
    match = _ONE_RANGE.fullmatch(asked)
    if match is None or match[1] == match[2] == "":
        return reply
    whole = reply.size
    start, end = _bounds(match[1], match[2], whole)
    if start >= end:
        if match[1] and match[2] and int(match[2]) < int(match[1]):
            return reply  # no range at all (14.1.1)
        refused = problem(416, f"The file has {whole:,} bytes; no part of it is at “{asked}”.")
        refused.headers |= {"Content-Range": f"bytes */{whole}", "Accept-Ranges": "bytes"}
        return refused
    reply.status = HTTPStatus.PARTIAL_CONTENT
    reply.headers["Content-Range"] = f"bytes {start}-{end - 1}/{whole}"
    reply.part = (start, end)
    return reply


def _is_same(request: Request, reply: Reply) -> bool:
    """Whether the client's earlier part is of this very reply (RFC 9110, 13.1.5).

    No `Last-Modified` is sent, so that a date is never the same.
    """
    condition = request.headers.get("if-range")
    return condition is None or condition.strip() == reply.headers.get("ETag")


def _bounds(first: str, last: str, whole: int) -> tuple[int, int]:
    if not first:
        return max(0, whole - int(last)), whole
    return int(first), min(int(last) + 1 if last else whole, whole)
