"""The reader: an article's text with its passages, and what each passage says."""

from __future__ import annotations

import itertools
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request

from graph.errors import ArticleNotFound
from graph.evidence import Evidence
from graph.label import labels_of
from graph.reading import Reading, Text, oddities_of, read
from server.api_model import ArticleText, OfText
from server.caching import by_edition
from server.language import choose
from server.negotiation import wants_page
from server.openapi import documented
from server.paths import canonical, json_response, with_paths
from server.state import state

blueprint = Blueprint("article", __name__)


def _read(slug: str) -> Reading:
    here = state()
    iri = canonical(f"article/{slug}")
    return read(here.engine, iri, here.vocabulary.namespace, choose())


@blueprint.get("/article/<slug>")
@by_edition
def reader(slug: str) -> Response:
    """The page; its data for machines, by Accept."""
    stem, dot, suffix = slug.rpartition(".")
    if dot and suffix in {"ttl", "jsonld", "nt", "rdf"}:
        return redirect(f"/data/article/{stem}.{suffix}", code=303)  # type: ignore[return-value]
    if request.accept_mimetypes.provided and not wants_page() and _wants_data():
        return redirect(f"/data/article/{slug}", code=303)  # type: ignore[return-value]
    return _page(_read(slug), None)


@blueprint.get("/article/<slug>/<part>")
@by_edition
def part(slug: str, part: str) -> Response:
    """A translation of the article, or what is known of its original."""
    article = _read(slug)
    if part == "original" and article.original:
        return redirect(f"/page/article/{slug}/original", code=303)  # type: ignore[return-value]
    if all(text.language != part for text in article.texts):
        raise ArticleNotFound(f"“{article.title}” has no text in “{part}” here.")
    return _page(article, part)


def _wants_data() -> bool:
    return not any(value == "*/*" for value, _ in request.accept_mimetypes)


def _page(article: Reading, language: str | None) -> Response:
    text = article.text(language)
    document = article_json(article, text)
    html = render_template(
        "article/reader.html",
        article={
            "slug": article.slug,
            "title": article.title,
            "author": article.author,
            "date": (article.date or "")[:10],
            "license": article.license,
            "language": text.language,
            "blocks": _blocks(article, text),
            "translations": [
                {
                    "language": other.language,
                    "url": f"/article/{article.slug}"
                    + ("" if other is article.texts[0] else f"/{other.language}"),
                }
                for other in article.texts
            ],
            "original": dict(zip(("sha256", "length"), article.original, strict=True))
            if article.original
            else None,
        },
        statements=document["statements"],
        oddities=with_paths(
            oddities_of(state().engine, article.iri, state().vocabulary.namespace, choose())
        ),
        uncited=[_block_id(block.passage.start) for block in article.uncited(text)],
    )
    response = Response(html, mimetype="text/html")
    response.vary.add("Accept")
    return response


def _block_id(start: int) -> str:
    return f"block-{start}"


def _blocks(article: Reading, text: Text) -> list[dict[str, Any]]:
    """Blocks cut where passages begin and end; each part names the statements it bears."""
    passages = article.cited.get(text.iri, {})
    found = []
    for block in text.blocks:
        start, end = block.passage.start, block.passage.end
        inside = [p for p in passages if p.start < end and p.end > start]
        cuts = sorted(
            {start, end, *(min(max(c, start), end) for p in inside for c in (p.start, p.end))}
        )
        parts = []
        for a, b in itertools.pairwise(cuts):
            covering = [p for p in inside if p.start <= a and b <= p.end]
            statements = sorted({s for p in covering for s in passages[p]})
            parts.append(
                {"id": f"char={a},{b}", "text": text.content[a:b], "statements": statements}
            )
        found.append(
            {
                "id": _block_id(start),
                "level": block.level,
                "start": start,
                "end": end,
                "parts": parts,
            }
        )
    return found


@blueprint.get("/api/article/<slug>")
@documented(
    summary="An article's text, its passages, and what they say",
    query=OfText,
    answer=ArticleText,
    errors=(404,),
    path={"slug": {"description": "The article's name in short.", "examples": ["ma-yun-social"]}},
)
@by_edition
def article_data(slug: str) -> Response:
    """The text in blocks, its passages, and the statements that cite them."""
    article = _read(slug)
    document = article_json(article, article.text(request.args.get("text")))
    return json_response(document)


def article_json(article: Reading, text: Text) -> dict[str, Any]:
    """An article as the pages read it."""
    here, language = state(), choose()
    passages = article.cited.get(text.iri, {})
    evidence = Evidence(here.engine, here.vocabulary.namespace, language)
    statements = evidence.statements({s for group in passages.values() for s in group})
    evidence.label(statements, labels_of(here.engine, evidence.iris, language))
    return {
        "slug": article.slug,
        "title": article.title,
        "path": f"/article/{article.slug}",
        "language": text.language,
        "source": text.iri,
        "blocks": [
            {"level": b.level, "start": b.passage.start, "end": b.passage.end, "text": b.text}
            for b in text.blocks
        ],
        "translations": [each.language for each in article.texts],
        "original": dict(zip(("sha256", "length"), article.original, strict=True))
        if article.original
        else None,
        "passages": [
            {"start": p.start, "end": p.end, "statements": group} for p, group in passages.items()
        ],
        "statements": with_paths(statements),
    }
