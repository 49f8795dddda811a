"""The reader: an article's text with its passages, and what each passage says."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request

from graph.errors import ArticleNotFound
from graph.evidence import Evidence
from graph.reading import Reading, Text, oddities_of, passage_names, read
from graph.representation import Kind, formats_of
from server.absence import nothing_about
from server.api_model import ArticleText, OfText
from server.caching import by_edition
from server.language import choose
from server.negotiation import wants_page
from server.openapi import documented
from server.paths import canonical, json_response, path_of, with_paths
from server.resource import alternates_of, link_to
from server.state import state
from server.structured import of_article

blueprint = Blueprint("article", __name__)


def _read(slug: str) -> Reading:
    here = state()
    iri = canonical(f"article/{slug}")
    return read(here.engine, iri, here.vocabulary.namespace, choose())


@blueprint.get("/article/<slug>")
@by_edition
def reader(slug: str) -> Response:
    """The page; its data for machines, by Accept."""
    if elsewhere := _data_of(slug):
        return elsewhere
    try:
        return _page(_read(slug), None)
    except ArticleNotFound:
        return nothing_about(canonical(f"article/{slug}"))


@blueprint.get("/article/<slug>/<part>")
@by_edition
def part(slug: str, part: str) -> Response:
    """A translation of the article, or what is known of its original."""
    if elsewhere := _data_of(f"{slug}/{part}"):
        return elsewhere
    try:
        article = _read(slug)
    except ArticleNotFound:
        return nothing_about(canonical(f"article/{slug}/{part}"))
    if part == "original" and article.original:
        return redirect(f"/page/article/{slug}/original", code=303)  # type: ignore[return-value]
    if all(text.language != part for text in article.texts):
        raise ArticleNotFound(f"“{article.title}” has no text in “{part}” here.")
    return _page(article, part)


def _data_of(local: str) -> Response | None:
    """To the data of an article or a part of it, where a suffix or Accept asks for data."""
    dot, suffix = local.rpartition(".")[1:]
    is_data = bool(dot) and suffix in {form.suffix for form in formats_of(Kind.GRAPH)}
    any_will_do = any(value == "*/*" for value, _ in request.accept_mimetypes)
    if request.accept_mimetypes.provided and not wants_page() and not any_will_do:
        is_data = True
    if not is_data:
        return None
    response = redirect(f"/data/article/{local}", code=303)
    response.vary.add("Accept")
    return response  # type: ignore[return-value]


def _page(article: Reading, language: str | None) -> Response:
    text = article.text(language)
    document = article_json(article, text)
    alternates = alternates_of(text.iri)
    html = render_template(
        "article/reader.html",
        alternates=alternates,
        canonical=path_of(text.iri),
        structured=of_article(article, text.language),
        article={
            "slug": article.slug,
            "title": article.title,
            "author": article.author,
            "date": (article.date or "")[:10],
            "license": article.license,
            "language": text.language,
            "blocks": _with_anchors(
                _blocks(article, text), passage_names(state().engine, text.iri)
            ),
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
    return link_to(response, alternates, path_of(text.iri))


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


def _with_anchors(blocks: list[dict[str, Any]], names: Iterable[str]) -> list[dict[str, Any]]:
    """Give each passage that is no part by itself an anchor at the part where it begins."""
    parts = [part for block in blocks for part in block["parts"]]
    for part in parts:
        part["anchors"] = []
    known = {part["id"] for part in parts}
    starts = [int(part["id"].removeprefix("char=").partition(",")[0]) for part in parts]
    for name in names:
        start = name.removeprefix("char=").partition(",")[0]
        if name not in known and start.isdecimal() and parts:
            at = max(0, bisect.bisect_right(starts, int(start)) - 1)
            parts[at]["anchors"].append(name)
    return blocks


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


def article_json(article: Reading, text: Text, evidence: Evidence | None = None) -> dict[str, Any]:
    """An article as the pages read it; texts that share `evidence` read each statement once."""
    here, language = state(), choose()
    passages = article.cited.get(text.iri, {})
    evidence = evidence or Evidence(here.engine, here.vocabulary.namespace, language)
    statements = evidence.statements({s for group in passages.values() for s in group})
    evidence.label(statements, evidence.labels())
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
