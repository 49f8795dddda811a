"""What another engine refuses, as the domain's errors, in one sentence of its own words."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping

from graph.errors import (
    EngineUnavailable,
    InvalidQuery,
    QueryFailed,
    QueryTimedOut,
    ShuangmaError,
    UpdateFailed,
)
from graph.evaluation import invalid_query

_TITLE = re.compile(r"<(title|h1)[^>]*>(.*?)</\1", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[!?/a-zA-Z][^>]*>")
_JSON_KEYS = ("message", "detailedMessage", "exception", "error", "detail")
_MESSAGE_LENGTH = 300
_CREDENTIALS_MEND = (
    "Put credentials that may into SHUANGMA_ENGINE_USERNAME and SHUANGMA_ENGINE_PASSWORD, "
    "or SHUANGMA_ENGINE_TOKEN."
)
# Status codes with which a server or a proxy says that nobody waited for the answer.
_LATE = {408, 504}
_UNFIT = {413, 414, 422}


def message_of(content_type: str, body: bytes) -> str:
    """The first line that a person could read in an error's body, without HTML.

    >>> message_of("text/html", b"<html><title>No access</title><body>...")
    'No access'
    >>> message_of("application/json", b'{"message": "Expected WHERE"}')
    'Expected WHERE'
    """
    text = body.decode("utf-8", errors="replace").strip()
    if "json" in content_type:
        text = _told(text)
    elif "html" in content_type or text[:1] == "<":
        title = _TITLE.search(text)
        text = html.unescape(title[2] if title else _TAG.sub(" ", text))
    line = next((line for line in map(str.strip, text.splitlines()) if line), "")
    line = " ".join(line.split())
    return line if len(line) <= _MESSAGE_LENGTH else f"{line[: _MESSAGE_LENGTH - 1]}…"


def _told(text: str) -> str:
    try:
        told = json.loads(text)
    except ValueError:
        return text
    if isinstance(told, Mapping):
        for key in _JSON_KEYS:
            if isinstance(told.get(key), str):
                return str(told[key])
    return text


def refused_query(address: str, status: int, message: str, timeout_s: float) -> ShuangmaError:
    """Why a query has no answer, but for 400, which is about its text."""
    said = f" It says: {message}" if message else ""
    if status in {401, 403}:
        return no_access(address, status)
    if status in _LATE:
        return QueryTimedOut(timeout_s)
    if status in _UNFIT:
        return QueryFailed(f"The engine at {address} cannot answer the query ({status}).{said}")
    if status == 429 or status >= 500:
        return EngineUnavailable(
            f"The engine at {address} is busy or broken ({status}). Try again later.{said}"
        )
    return EngineUnavailable(
        f"There is no SPARQL endpoint at {address}: it answered {status}. Check the address.{said}"
    )


def refused_text(text: str, message: str) -> InvalidQuery:
    """What is wrong with a query or update, with its place where the engine tells it."""
    return invalid_query(message or "The engine says that this is no SPARQL.", text)


def refused_write(address: str, status: int, message: str) -> ShuangmaError:
    """Why a write was not done, or may not have been."""
    said = f" It says: {message}" if message else ""
    if status in {401, 403}:
        return no_access(address, status)
    if status in {404, 405, 501}:
        return UpdateFailed(
            f"The engine at {address} takes no such writes ({status}). Name the right address "
            f"with --update-url or --store-url.{said}"
        )
    if status >= 500 or status in _LATE:  # seen: Virtuoso failed after it had applied an update
        return unknown_outcome(address, f"it answered {status}. {message}".rstrip(" ."))
    return UpdateFailed(f"The engine at {address} did not apply the write ({status}).{said}")


def no_access(address: str, status: int) -> EngineUnavailable:
    """Credentials are missing, or may not do this."""
    return EngineUnavailable(
        f"The engine at {address} gives no access ({status}). {_CREDENTIALS_MEND}"
    )


def unknown_outcome(address: str, why: str) -> EngineUnavailable:
    """A write went out, and nothing says whether it was applied."""
    return EngineUnavailable(
        f"Whether the engine at {address} applied the write is not known: {why}. "
        "Look before you repeat it."
    )


def nonsense(address: str, why: str) -> EngineUnavailable:
    """An answer that is none."""
    return EngineUnavailable(f"The engine at {address} answered nonsense: {why}")
