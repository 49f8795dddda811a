"""Search: things by their names and texts by their words, as a page and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, render_template, request
from pydantic import ValidationError

from graph.index import Found, FoundPassage, FoundPassages, FoundThing, ThingIndex
from graph.index.asking import passages_by_asking, search_by_asking
from graph.index.schema import END_RANK, Terms
from graph.label import called, labels_of, name_from
from server import search_model
from server.caching import with_etag
from server.language import choose
from server.openapi import asked, documented
from server.paths import canonical, json_response, path_of
from server.state import state

blueprint = Blueprint("search", __name__)

_PAGE = 20
_PASSAGES_BESIDE = 5
_ARTICLES = 20
_CLASSES = 30


@dataclass(frozen=True)
class _Source:
    """Where answers come from: the edition's index, or the engine while there is none."""

    index: ThingIndex | None
    language: str

    @classmethod
    def of_request(cls) -> _Source:
        return cls(state().index, choose())

    @property
    def ready(self) -> bool:
        """Whether nothing better is to be waited for."""
        return self.index is not None or state().shelf is None

    def things(self, text: str, **how: Any) -> Found:
        if self.index is not None:
            return self.index.search(text, **how)
        if how.pop("article", None):
            return Found([], 0)
        how.pop("facets", None)
        return search_by_asking(state().backend.strangers(), _terms(), text, **how)

    def passages(self, text: str, **how: Any) -> FoundPassages:
        if self.index is not None:
            return self.index.passages(text, **how)
        if how.pop("article", None):
            return FoundPassages([], 0)
        return passages_by_asking(state().backend.strangers(), _terms(), text, **how)

    def labels(self, iris: Iterable[str | None]) -> dict[str, str]:
        """What classes and articles are called."""
        wanted = sorted({iri for iri in iris if iri})
        if self.index is None:
            return labels_of(state().engine, wanted, self.language)
        known = self.index.labels(wanted)
        names = {iri: [(n.text, n.language, n.rank) for n in known.get(iri, ())] for iri in wanted}
        return {iri: called(names[iri], self.language) or name_from(iri) for iri in wanted}


def _terms() -> Terms:
    vocabulary = state().vocabulary
    return Terms(vocabulary.base, vocabulary.namespace)


@blueprint.get("/api/search")
@documented(
    summary="Things by their names, texts by their words",
    description="Completion as one types: from the beginning of a name or its middle, in "
    "Traditional or Simplified Chinese, pinyin, initials or English, with one slip forgiven.",
    query=search_model.Asked,
    answer=search_model.Found,
    errors=(400, 404, 410),
)
def find() -> Response:
    """What a text may mean, as JSON."""
    wanted = asked(search_model.Asked)
    source = _Source.of_request()
    article = _article_iri(wanted.article)
    things = source.things(
        wanted.q,
        limit=wanted.limit,
        offset=wanted.offset,
        class_iri=wanted.class_ or None,
        article=article,
        figures=wanted.figures,
    )
    passages = FoundPassages([], 0)
    if wanted.passages:
        passages = source.passages(
            wanted.q, limit=wanted.limit, offset=wanted.offset, article=article
        )
    labels = source.labels(
        [*(t.class_iri for t in things.things), *(p.article for p in passages.passages)]
    )
    response = json_response(
        {
            "edition": state().engine.edition,
            "query": wanted.q,
            "ready": source.ready,
            "partial": source.index is None,
            "total": things.total,
            "more": things.more,
            "things": [_thing(thing, labels, source.language) for thing in things.things],
            "passagesTotal": passages.total,
            "passagesMore": passages.more,
            "passages": [_passage(passage, labels) for passage in passages.passages],
        }
    )
    return _kept_if_ready(response, source)


@blueprint.get("/search")
def page() -> Response:
    """The page: a box, what was found by class and article, and passages."""
    try:
        wanted = search_model.Asked.model_validate(
            {name: value for name, value in request.args.items() if value}
        )
    except ValidationError as error:
        abort(400, f"“{error.errors()[0]['loc'][0]}” cannot be so. Search anew at /search.")
    source = _Source.of_request()
    text, article = wanted.q.strip(), _article_iri(wanted.article)
    shows_passages = request.args.get("show") == "passages"
    things, passages = Found([], 0), FoundPassages([], 0)
    facets: dict[str, list[dict[str, Any]]] = {"class": [], "article": []}
    if text:
        how: dict[str, Any] = {"figures": True, "facets": True}
        things = source.things(
            text,
            limit=0 if shows_passages else _PAGE,
            offset=wanted.offset,
            class_iri=wanted.class_,
            article=article,
            **how,
        )
        if shows_passages or not wanted.offset:
            passages = source.passages(
                text,
                limit=_PAGE if shows_passages else _PASSAGES_BESIDE,
                offset=wanted.offset,
                article=article,
            )
        facets = _facets(source, text, things, wanted.class_, article, how)
    labels = source.labels(
        [
            *(thing.class_iri for thing in things.things),
            *(passage.article for passage in passages.passages),
            *(facet["iri"] for group in facets.values() for facet in group),
        ]
    )
    for group in facets.values():
        for facet in group:
            facet["label"] = labels[facet["iri"]]
    shown = passages if shows_passages else things
    html = render_template(
        "search/index.html",
        text=text,
        things=[_thing(thing, labels, source.language) for thing in things.things],
        total=things.total,
        more=things.more,
        passages=[_passage(p, labels) | {"parts": _parts(p)} for p in passages.passages],
        passages_total=passages.total,
        passages_more=passages.more,
        shows_passages=shows_passages,
        facets=facets,
        first=wanted.offset + 1,
        earlier=_at(max(0, wanted.offset - _PAGE)) if wanted.offset else None,
        later=_at(wanted.offset + _PAGE) if wanted.offset + _PAGE < shown.total else None,
        all_passages=_with(show="passages", offset=None, **{"class": None}),
        all_things=_with(show=None, offset=None),
        ready=source.ready,
        partial=source.index is None,
    )
    return _kept_if_ready(Response(html, mimetype="text/html"), source)


def _kept_if_ready(response: Response, source: _Source) -> Response:
    """An answer for good has an ETag; one that will be better in a moment is not kept."""
    if source.index is not None:
        return with_etag(response)
    response.cache_control.no_store = True
    return response


def _article_iri(asked_for: str | None) -> str | None:
    """The IRI of an article by its slug; an IRI stands for itself."""
    if not asked_for:
        return None
    return asked_for if ":" in asked_for else canonical(f"article/{asked_for}")


def _facets(
    source: _Source,
    text: str,
    things: Found,
    class_iri: str | None,
    article: str | None,
    how: dict[str, Any],
) -> dict[str, list[dict[str, Any]]]:
    """How many there are of each class and in each article, were it not narrowed by that."""
    by_class = source.things(text, limit=0, article=article, **how) if class_iri else things
    by_article = source.things(text, limit=0, class_iri=class_iri, **how) if article else things
    counts = {"class": by_class.classes, "article": by_article.articles}
    chosen = {"class": class_iri, "article": article}
    found: dict[str, list[dict[str, Any]]] = {}
    for name, most in (("class", _CLASSES), ("article", _ARTICLES)):
        ranked = sorted(counts[name].items(), key=lambda pair: (-pair[1], pair[0]))[:most]
        if chosen[name] and all(iri != chosen[name] for iri, _ in ranked):
            ranked.append((chosen[name], counts[name].get(chosen[name] or "", 0)))  # type: ignore[arg-type]
        found[name] = [
            {
                "iri": iri,
                "count": count,
                "chosen": iri == chosen[name],
                "url": _with(**{name: None if iri == chosen[name] else iri, "offset": None}),
            }
            for iri, count in ranked
        ]
    return found


def _with(**changed: str | None) -> str:
    """The address of this page with other parameters; None leaves one out."""
    kept = {name: value for name, value in request.args.items() if name != "lang"} | changed
    told = {name: value for name, value in kept.items() if value}
    return f"/search?{urlencode(told)}"


def _at(offset: int) -> str:
    return _with(offset=str(offset) if offset else None)


def _thing(thing: FoundThing, labels: dict[str, str], language: str) -> dict[str, Any]:
    own = [(n.text, n.language, n.rank) for n in thing.names if n.is_label] or [
        (n.text, n.language, n.rank) for n in thing.names
    ]
    label = called(own, language) or name_from(thing.iri)
    met = [name for name in thing.matched if name.rank != END_RANK]  # an IRI's end is no name
    matched = called([(n.text, n.language, n.rank) for n in met], language) or label
    tag = next((n.language for n in met if n.text == matched), None)
    kind = thing.class_iri
    return {
        "iri": thing.iri,
        "label": label,
        "class": {"iri": kind, "label": labels[kind], "path": path_of(kind)} if kind else None,
        "kind": name_from(kind) if kind else "",
        "path": path_of(thing.iri),
        "matched": matched,
        "matchedLanguage": tag or None,
        "degree": thing.degree,
        "date": thing.date,
    }


def _passage(passage: FoundPassage, labels: dict[str, str]) -> dict[str, Any]:
    article = passage.article
    return {
        "text": passage.text,
        "language": passage.language or None,
        "marks": passage.marks,
        "article": {"iri": article, "label": labels[article], "path": path_of(article)}
        if article
        else None,
        "statement": passage.statement,
        "path": path_of(passage.place),
    }


def _parts(passage: FoundPassage) -> list[tuple[bool, str]]:
    """The text in parts: whether each is marked, and what it says."""
    parts: list[tuple[bool, str]] = []
    at = 0
    for start, end in passage.marks:
        parts += [(False, passage.text[at:start]), (True, passage.text[start:end])]
        at = end
    parts.append((False, passage.text[at:]))
    return [part for part in parts if part[1]]
