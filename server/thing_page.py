"""The page about a thing, and the pages that its many facts are divided into."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from flask import render_template, request
from pyoxigraph import NamedNode

from graph.errors import InvalidIri
from graph.links import Direction
from graph.readable import readable_date, readable_number, readable_text
from graph.thing import PAGE_LENGTH, describe_links, describe_thing
from server import drawing
from server.language import choose
from server.paths import path_of, with_paths
from server.state import state
from server.structured import of_thing

JSON = dict[str, Any]

_START = "https://schema.org/startDate"
_MOST_OFFSET = 1_000_000


def page_of(iri: str) -> str:
    """The address of the page about an IRI, whatever other addresses it has."""
    local = state().local_path(iri)
    if local and "#" not in local:
        return local if local.startswith("/article/") else f"/page{local}"
    return f"/resource?iri={quote(iri, safe='')}"


def thing_page(iri: str, address: str, alternates: list[dict[str, str]]) -> str:
    """The page's markup. Raises `ResourceNotFound` when nothing here speaks of the IRI."""
    thing = describe_thing(state().engine, iri, state().vocabulary.namespace, choose())
    structured = of_thing(thing)
    picture = drawing.network(thing["network"]) if thing["network"] else None
    return render_template(
        "resource/page.html",
        thing=with_paths(thing),
        charts=_charts(thing["figures"], thing["figureRole"]),
        figure=_worded(thing["figure"]) if thing["figure"] else None,
        is_undated=_is_undated(thing),
        timeline=drawing.on_time_axis(thing["events"]),
        picture=with_paths(picture),
        alternates=alternates,
        canonical=address,
        structured=structured,
        is_local=iri.startswith(state().vocabulary.base),
        more=partial(_more, address),
        **_words(),
    )


def _is_undated(thing: JSON) -> bool:
    """Whether it is an attempt whose start is not known: it had one, and so that is said."""
    kind = (thing["class"] or {}).get("iri")
    told = {group["predicate"]["iri"] for group in thing["groups"]["out"]}
    return kind == f"{state().vocabulary.namespace}Attempt" and _START not in told


def links_page(iri: str, address: str) -> str:
    """The markup of the page of the facts of one predicate.

    Raises `InvalidIri` and `ResourceNotFound`.
    """
    asked = request.args["predicate"]
    try:
        predicate = NamedNode(asked).value
    except ValueError as error:
        raise InvalidIri(asked) from error
    direction: Direction = "out" if request.args.get("direction") == "out" else "in"
    offset = min(max(request.args.get("offset", 0, type=int), 0), _MOST_OFFSET)
    found = describe_links(
        state().engine,
        iri,
        state().vocabulary.namespace,
        choose(),
        predicate=predicate,
        direction=direction,
        offset=offset,
    )
    earlier = max(0, offset - PAGE_LENGTH) if offset else None
    later = offset + PAGE_LENGTH if found["more"] else None
    return render_template(
        "resource/links.html",
        thing=with_paths(found),
        canonical=address,
        earlier=_more(address, predicate, direction, earlier) if earlier is not None else None,
        later=_more(address, predicate, direction, later) if later is not None else None,
        **_words(),
    )


def _more(address: str, predicate: str, direction: str, offset: int = 0) -> str:
    """Where the facts of one predicate are paged."""
    asked: dict[str, str | int] = {"predicate": predicate, "direction": direction}
    if offset:
        asked["offset"] = offset
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def _words() -> JSON:
    """How templates write numbers, dates and literals for the reader."""
    language = choose()
    return {
        "number": lambda lexical: readable_number(str(lexical), language),
        "day": lambda lexical: readable_date(lexical, language),
        "literal": lambda term: readable_text(
            str(term.get("value", "")), term.get("datatype"), language
        ),
        "path": path_of,
    }


def _charts(figures: list[JSON], role: str | None) -> list[JSON]:
    """Figures of one metric as a chart each; where that is the page's, all things in one."""
    groups: dict[str, list[JSON]] = {}
    titles: dict[str, Mapping[str, Any] | None] = {}
    for figure in figures:
        term = None if role == "variableMeasured" else figure["metric"]
        name = str(term.get("iri") or term.get("text") or "") if term else ""
        titles.setdefault(name, term)
        groups.setdefault(name, []).append(figure)
    charts = []
    for name, own in groups.items():
        own.sort(key=lambda f: (f["start"] or f["end"] or "", f["iri"]))
        rows = [_worded(row) for row in drawing.with_bars(own)]
        charts.append({"title": titles[name], "rows": rows})
    return sorted(charts, key=lambda chart: (-len(chart["rows"]), _label(chart["title"])))


def _label(term: Mapping[str, Any] | None) -> str:
    return str(term.get("label") or term.get("text") or "") if term else ""


def _worded(figure: JSON) -> JSON:
    """A figure with its value and period as the reader writes them."""
    language = choose()
    if figure["value"] is not None:
        value = readable_number(figure["value"], language)
    elif figure["low"] is not None and figure["high"] is not None:
        ends = (readable_number(figure[end], language) for end in ("low", "high"))
        value = "–".join(ends)
    else:
        value = figure["text"]
    unit = figure["unit"]
    if unit and str(unit.get("iri", "")).endswith("/PERCENT"):
        value, unit = f"{value}%", None
    dates = [figure[end] for end in ("start", "end") if figure[end]]
    period = " – ".join(readable_date(each, language) for each in dict.fromkeys(dates))
    name = _label(unit)
    gap = " " if language == "en" else ""
    return {**figure, "shown": f"{value}{gap}{name}" if name else value, "when": period}
