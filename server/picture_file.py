"""The network page as one file: its data, styles and scripts, and a policy that admits no more."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from flask import render_template

from graph.description import describe
from graph.evidence import Evidence
from graph.reading import article_iris, read
from server.article import article_json
from server.language import choose
from server.paths import with_paths
from server.state import state

_STATIC = Path(__file__).parent / "static"
_STYLES = (
    "shuangma.css",
    "combobox.css",
    "explore.css",
    "vendor/vis-timeline-graph2d.min.css",
    "panels.css",
)
_SCRIPTS = (
    "vendor/vis-network.js",
    "vendor/vis-timeline.js",
    "vendor/explore.js",
)
FACTS_LIMIT = 500
"""A file carries the facts of so many things: those with most links."""


def write(data: dict[str, Any]) -> bytes:
    """The page with these data, in the language of the request."""
    styles = [_inline(name, "</style") for name in _STYLES]
    scripts = [_inline(name, "</script") for name in _SCRIPTS]
    # A "<" in a JSON string may be written as \u003c (RFC 8259, 7): no tag can begin.
    embedded = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    html = render_template(
        "explore/picture.html",
        styles=styles,
        scripts=scripts,
        data=embedded,
        policy=_policy(styles, scripts),
    )
    return html.encode()


def carried(network: dict[str, Any], article: str | None) -> dict[str, Any]:
    """All that a file carries of a network: facts, evidence, the article's texts, measures."""
    here, language = state(), choose()
    engine, namespace = here.engine, here.vocabulary.namespace
    evidence = Evidence(engine, namespace, language)
    facts, statements = {}, {}
    ranked = sorted(network["nodes"], key=lambda node: (-node["degree"], node["id"]))
    for node in ranked[:FACTS_LIMIT]:
        found = describe(engine, node["id"], namespace, language, evidence)
        statements.update(found.pop("statements"))
        facts[node["id"]] = found
    articles = {}
    shown = article or next(iter(article_iris(engine)), None)
    if shown:
        reading = read(engine, shown, namespace, language)
        for text in reading.texts:
            document = article_json(reading, text, evidence)
            statements.update(document.pop("statements"))
            articles[text.language] = document
    return {
        "network": network,
        "facts": with_paths(facts),
        "statements": with_paths(statements),
        "articles": articles,
        "measures": _measures({node["id"] for node in network["nodes"]}, article),
    }


def _measures(things: set[str], article: str | None) -> dict[str, dict[str, Any]] | None:
    """The measures of some things; None while those of a large network are being made."""
    found = state().network.measured(article)
    if found is None:
        return None
    return {
        name: {iri: score for iri, score in scores.items() if iri in things}
        for name, scores in found.measures.items()
    }


def _inline(name: str, end: str) -> str:
    """A file's text as it may stand in HTML: without what would end its element."""
    text = (_STATIC / name).read_text(encoding="utf-8")
    if end in text.lower():
        text = text.replace(end, end.replace("/", "\\/"))
    return text


def _policy(styles: list[str], scripts: list[str]) -> str:
    """A Content-Security-Policy that admits exactly these styles and scripts (CSP 3, 2.3.1)."""

    def sources(texts: list[str]) -> str:
        digests = (hashlib.sha256(text.encode()).digest() for text in texts)
        return " ".join(f"'sha256-{base64.b64encode(d).decode()}'" for d in digests)

    return (
        f"default-src 'none'; script-src {sources(scripts)}; style-src {sources(styles)}; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
