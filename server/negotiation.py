"""Which representation a request wants: suffix, `?format=`, then Accept with its q-values.

RFC 9110, sections 12.5.1 and 12.5.5. The formats are those of `graph.representation`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from flask import request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from graph.engine import Wanted
from graph.errors import UnsupportedFormat
from graph.representation import FORMATS, Format, Kind, format_named, formats_of

HTML = "text/html"
_PARAMETERS = re.compile(r";(?!\s*q=)[^;,]*", re.IGNORECASE)


class NotAcceptable(UnsupportedFormat):
    """The Accept header names nothing that is served here."""


def negotiate(*kinds: Kind) -> Format:
    """The format of these kinds that the current request wants; see `format_for`."""
    return format_for(request.headers.get("Accept"), _format_asked(), *kinds)


def wants_page() -> bool:
    """Whether the current request prefers a page for people to data for machines."""
    return prefers_page(request.headers.get("Accept"), _format_asked())


@lru_cache(maxsize=1024)
def wanted_by(accept: str | None, asked: str | None) -> Wanted:
    """The formats of a query's answer that are wanted, or why a kind cannot be taken."""
    return Wanted.by(lambda kind: format_for(accept, asked, kind))


def format_for(accept: str | None, asked: str | None, *kinds: Kind) -> Format:
    """The format of these kinds that is wanted; the first of the table if any will do.

    `asked` is what `?format=` says, and goes before Accept. Raises `UnsupportedFormat`
    for an unknown one and `NotAcceptable` for Accept.
    """
    if asked:
        return format_named(asked, *kinds)
    offered = formats_of(*kinds)
    if not accept:
        return offered[0]
    ranked = parse_accept_header(_PARAMETERS.sub("", accept), MIMEAccept)
    best = _best(ranked, [(t, each) for each in offered for t in each.media_types])
    if best is None:
        raise NotAcceptable(accept, [each.media_type for each in offered])
    return best


@lru_cache(maxsize=1024)
def prefers_page(accept: str | None, asked: str | None) -> bool:
    """Whether a page for people is preferred to data for machines."""
    if asked:
        return asked == "html"
    if not accept or "html" not in accept.lower():
        return False
    ranked = parse_accept_header(accept, MIMEAccept)
    data = max(
        (
            ranked.quality(t)
            for each in FORMATS
            for t in each.media_types
            if not t.startswith("text/plain")
        ),
        default=0,
    )
    page = max((quality for value, quality in ranked if "html" in value), default=0)
    return bool(page > 0 and page >= data)


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding takes gzip (RFC 9110, 12.5.3)."""
    for part in accepted.lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() in {"gzip", "*"}:
            return quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _format_asked() -> str | None:
    return request.values.get("format") or request.values.get("output") or None


def _best(accept: MIMEAccept, offered: Sequence[tuple[str, Format]]) -> Format | None:
    """The offered type of highest quality; a named type before a range, then our order."""
    named = {value.split(";")[0].lower() for value, _ in accept}
    ranked = [
        (accept.quality(t), t in named, -index, each)
        for index, (t, each) in enumerate(offered)
        if t in named or t == each.media_type  # a range means a format's own type
    ]
    quality, _, _, best = max(ranked, key=lambda entry: entry[:3])
    return best if quality > 0 else None
