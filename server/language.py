"""The language of the pages, and their words in it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from flask import g, request

from graph.script import simplified_phrases
from server.messages import MESSAGES

LANGUAGES = {"zh-Hant": "繁體中文", "zh-Hans": "简体中文", "en": "English"}
SHORT_NAMES = {"zh-Hant": "繁", "zh-Hans": "简", "en": "En"}
DEFAULT = "zh-Hant"
_SIMPLIFIED = {"zh-hans", "zh-cn", "zh-sg", "zh-hans-cn"}


def choose() -> str:
    """The language of this request: `?lang=`, else the cookie, else Accept-Language."""
    if "language" not in g:
        g.language = _chosen()
    language: str = g.language
    return language


def _chosen() -> str:
    asked, kept = request.args.get("lang"), request.cookies.get("lang")
    return language_for(asked, kept, (tag for tag, _ in request.accept_languages))


def language_for(asked: str | None, kept: str | None, accepted: Iterable[str]) -> str:
    """The language that a request asks for, that a cookie keeps, or the first that is accepted."""
    for said in (asked, kept):
        if said in LANGUAGES:
            return said
    for tag in accepted:
        tag = tag.lower()
        if tag in _SIMPLIFIED:
            return "zh-Hans"
        if tag.startswith("zh"):
            return "zh-Hant"
        if tag.startswith("en"):
            return "en"
    return DEFAULT


@cache
def message(key: str, language: str) -> str:
    """The words of the pages for `key`; a key that is not known stands for itself."""
    texts = MESSAGES.get(key, {})
    if language in texts:
        return texts[language]
    if language == "zh-Hans" and "zh-Hant" in texts:
        return simplified_phrases(texts["zh-Hant"])
    return texts.get("en", key)
