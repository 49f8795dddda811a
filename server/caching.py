"""What depends on the edition alone: made once, marked with an ETag (RFC 9110, 8.8.3)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from importlib.metadata import version
from typing import Any

from flask import Response, make_response, request

from server.language import choose
from server.negotiation import wants_page
from server.response_cache import Kept
from server.state import state

_VERSION = version("shuangma")  # another may tell the same otherwise


def by_edition(view: Callable[..., Any]) -> Callable[..., Response]:
    """Make a page or document once for each edition, language and kind of request."""

    @wraps(view)
    def cached(*args: Any, **kwargs: Any) -> Response:
        here = state()
        key, as_page = _key()
        kept = here.cache.get((*key, "page")) if as_page else None
        # What `/api` answers does not depend on Accept; everything else but a page may.
        accept = "" if request.path.startswith("/api/") else request.headers.get("Accept", "")
        kept = kept or here.cache.get((*key, accept))
        if kept is None:
            response = make_response(view(*args, **kwargs))
            if response.status_code != 200 or response.cache_control.no_store:
                return response
            kept = Kept(
                response.get_data(),
                response.content_type,
                tuple(response.vary),
                tuple(response.headers.getlist("Link")),
            )
            is_page = as_page and response.mimetype == "text/html"
            here.cache.put((*key, "page" if is_page else accept), kept)
        response = Response(kept.body, content_type=kept.content_type)
        response.vary.update(kept.vary)
        for link in kept.links:
            response.headers.add("Link", link)
        return with_etag(response)

    return cached


def _key() -> tuple[tuple[object, ...], bool]:
    """What an answer depends on besides Accept, and whether a page is wanted.

    The language stands for `?lang=`, the cookie and Accept-Language alike.
    """
    asked = tuple((k, v) for k, v in request.args.items(multi=True) if k != "lang")
    here = state()
    edition = (here.engine.edition, here.backend.current().version)
    return (*edition, request.path, asked, choose()), wants_page()


def with_etag(response: Response, *parts: str) -> Response:
    """Mark a response by the edition, the request and the language; 304 where nothing changed."""
    accept = request.headers.get("Accept", "")
    here = state()
    edition = (here.engine.edition, here.backend.current().version)
    mark = "\0".join((_VERSION, *edition, request.full_path, choose(), accept, *parts))
    response.set_etag(hashlib.sha256(mark.encode()).hexdigest()[:20])
    response.cache_control.no_cache = True
    return response.make_conditional(request)  # type: ignore[return-value]
