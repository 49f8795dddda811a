"""`shuangma picture`: the network page as one HTML file that works offline."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from flask import render_template

from graph.description import describe
from graph.errors import ArticleNotFound
from graph.evidence import Evidence
from graph.network import picture as draw
from graph.network import read_network
from graph.reading import article_iris, read
from graph.store import EditionStore
from server.application import create_app
from server.article import article_json
from server.backend import InProcess
from server.configuration import Configuration
from server.language import choose
from server.paths import with_paths
from server.state import state, state_over

_STATIC = Path(__file__).parent / "static"
_STYLES = ("shuangma.css",)
_SCRIPTS = ("vendor/vis-data.min.js", "vendor/vis-network.min.js", "explore.js")


def picture(store: Path, language: str, slug: str | None) -> bytes:
    """The page with its data, styles and scripts inside; a policy admits nothing else.

    Raises `StoreError` without a dataset, `ArticleNotFound` for an unknown slug.
    """
    opened = EditionStore(store)
    engine = opened.engine()
    current = opened.current()
    assert current is not None
    configuration = Configuration(store=str(store), base=current.base)
    app = create_app(state_over(configuration, InProcess(engine)))
    with app.test_request_context("/explore", query_string={"lang": language}):
        styles = [_inline(name, "</style") for name in _STYLES]
        scripts = [_inline(name, "</script") for name in _SCRIPTS]
        # A "<" in a JSON string may be written as \u003c (RFC 8259, 7): no tag can begin.
        data = json.dumps(_data(slug), ensure_ascii=False).replace("<", "\\u003c")
        html = render_template(
            "explore/picture.html",
            styles=styles,
            scripts=scripts,
            data=data,
            policy=_policy(styles, scripts),
        )
    return html.encode()


def _data(slug: str | None) -> dict[str, Any]:
    here, language = state(), choose()
    engine, namespace = here.engine, here.vocabulary.namespace
    known = {iri.rpartition("/")[2]: iri for iri in article_iris(engine)}
    if slug is not None and slug not in known:
        raise ArticleNotFound(
            f"There is no article “{slug}” here. The articles: {', '.join(known) or 'none'}."
        )
    network = draw(engine, read_network(engine, namespace, known.get(slug or "")), language)
    evidence = Evidence(engine, namespace, language)
    facts, statements = {}, {}
    for node in network["nodes"]:
        found = describe(engine, node["id"], namespace, language, evidence)
        statements.update(found.pop("statements"))
        facts[node["id"]] = found
    articles = {}
    shown = known.get(slug or "") or next(iter(known.values()), None)
    if shown:
        article = read(engine, shown, namespace, language)
        for text in article.texts:
            document = article_json(article, text)
            statements.update(document.pop("statements"))
            articles[text.language] = document
    return {
        "network": network,
        "facts": with_paths(facts),
        "statements": with_paths(statements),
        "articles": articles,
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
