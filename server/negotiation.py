"""Which representation a request wants: suffix, `?format=`, then Accept with its q-values.

RFC 9110, sections 12.5.1 and 12.5.5. The formats are those of `graph.representation`.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import request
from werkzeug.datastructures import MIMEAccept

from graph.errors import UnsupportedFormat
from graph.representation import FORMATS, Format, Kind, format_named, formats_of

HTML = "text/html"


class NotAcceptable(UnsupportedFormat):
    """The Accept header names nothing that is served here."""


def negotiate(*kinds: Kind) -> Format:
    """The format of these kinds that the request wants; the first of the table if any will do.

    Raises `UnsupportedFormat` for an unknown `?format=` and `NotAcceptable` for Accept.
    """
    asked = _format_asked()
    if asked:
        return format_named(asked, *kinds)
    offered = formats_of(*kinds)
    accept = request.accept_mimetypes
    if not accept.provided:
        return offered[0]
    best = _best(accept, [(t, each) for each in offered for t in each.media_types])
    if best is None:
        raise NotAcceptable(str(accept), [each.media_type for each in offered])
    return best


def wants_page() -> bool:
    """Whether the request prefers a page for people to data for machines."""
    asked = _format_asked()
    if asked:
        return asked == "html"
    accept = request.accept_mimetypes
    if not accept.provided:
        return False
    data = max(
        (
            accept.quality(t)
            for each in FORMATS
            for t in each.media_types
            if not t.startswith("text/plain")
        ),
        default=0,
    )
    page = max(accept.quality(HTML), accept.quality("application/xhtml+xml"))
    explicit = any("html" in value.lower() for value, _ in accept)
    return page > 0 and explicit and page >= data


def _format_asked() -> str | None:
    return request.values.get("format") or request.values.get("output") or None


def _best(accept: MIMEAccept, offered: Sequence[tuple[str, Format]]) -> Format | None:
    """The offered type of highest quality; a named type before a range, then our order."""
    ranked = [
        (accept.quality(t), any(value.split(";")[0] == t for value, _ in accept), -index, each)
        for index, (t, each) in enumerate(offered)
    ]
    quality, _, _, best = max(ranked, key=lambda entry: entry[:3])
    return best if quality > 0 else None
