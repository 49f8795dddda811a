"""Geometry of the pictures that pages carry as SVG: spans of time, bars, a small network.

Knows numbers only. The markup, and with it all escaping, is the templates'. What spans the
width of a page is told in per cent, so that a picture gets narrow without its text getting small.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

JSON = dict[str, Any]

_TICKS = 7
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000)
_LEAST_WIDTH = 1.2
_MARGIN_PX = 10.0


def on_time_axis(events: Sequence[Mapping[str, Any]]) -> JSON:
    """Where events stand between the first year that is told and the last.

    Gives `ticks` with the `x` of the beginning of years, and for each event its `x` and `width`;
    what is told to the day has no width.
    """
    if not events:
        return {"ticks": [], "rows": []}
    years = (
        date.fromordinal(min(each["first"] for each in events)).year,
        date.fromordinal(max(each["last"] for each in events)).year,
    )
    start = date(years[0], 1, 1).toordinal()
    end = date(years[1], 12, 31).toordinal() + 1
    scale = 100 / (end - start)
    step = next((s for s in _STEPS if (years[1] - years[0] + 1) / s <= _TICKS), _STEPS[-1])
    first = math.ceil(years[0] / step) * step or 1
    ticks = [
        {"year": year, "x": round((date(year, 1, 1).toordinal() - start) * scale, 2)}
        for year in range(max(first, 1), years[1] + 1, step)
    ]
    rows = []
    for each in events:
        x = (each["first"] - start) * scale
        is_point = each["first"] == each["last"]
        width = 0.0 if is_point else max((each["last"] + 1 - each["first"]) * scale, _LEAST_WIDTH)
        rows.append({**each, "x": round(min(x, 100 - width), 2), "width": round(width, 2)})
    return {"ticks": ticks, "rows": rows}


def with_bars(figures: Iterable[Mapping[str, Any]]) -> list[JSON]:
    """Figures with `bar`: how long each is, in per cent, beside the others of its kind.

    Of a kind are those of the same unit, rate and share. A figure that is alone in its kind,
    equal to all of it, or no number, has none. A bar has `low` and `high`, which differ in a
    range.
    """
    rows = [dict(each) for each in figures]
    by_kind: dict[tuple[str, ...], list[tuple[JSON, Decimal, Decimal]]] = {}
    for row in rows:
        row["bar"] = None
        low, high = _decimal(row["value"] or row["low"]), _decimal(row["value"] or row["high"])
        if low is not None and high is not None and 0 <= low <= high:
            kind = tuple((row[part] or {}).get("iri", "") for part in ("unit", "per", "shareOf"))
            by_kind.setdefault((*kind, row["rate"] or ""), []).append((row, low, high))
    for own in by_kind.values():
        longest = max(high for _, _, high in own)
        if len({(low, high) for _, low, high in own}) > 1:
            for row, low, high in own:
                row["bar"] = {
                    "low": round(float(low / longest * 100), 2),
                    "high": round(float(high / longest * 100), 2),
                }
    return rows


def network(picture: Mapping[str, Any]) -> JSON:
    """The same network with the edges' ends at the boxes' rims, and the whole picture's size."""
    boxes = {node["iri"]: node for node in picture["nodes"]}
    left = min(n["x"] - n["width"] / 2 for n in boxes.values()) - _MARGIN_PX
    top = min(n["y"] - n["height"] / 2 for n in boxes.values()) - _MARGIN_PX
    right = max(n["x"] + n["width"] / 2 for n in boxes.values()) + _MARGIN_PX
    bottom = max(n["y"] + n["height"] / 2 for n in boxes.values()) + _MARGIN_PX
    nodes = [
        {**n, "x": round(n["x"] - left, 1), "y": round(n["y"] - top, 1)} for n in boxes.values()
    ]
    moved = {node["iri"]: node for node in nodes}
    edges = []
    for edge in picture["edges"]:
        one, other = moved[edge["from"]], moved[edge["to"]]
        edges.append({**edge, **_line(one, other)})
    return {
        "nodes": nodes,
        "edges": edges,
        "total": picture["total"],
        "width": math.ceil(right - left),
        "height": math.ceil(bottom - top),
    }


def _line(one: JSON, other: JSON) -> dict[str, float]:
    x1, y1 = _rim(one, other)
    x2, y2 = _rim(other, one)
    return {"x1": x1, "y1": y1, "x2": x2, "y2": y2}


def _rim(box: JSON, towards: JSON) -> tuple[float, float]:
    """Where the line from the middle of a box to that of another leaves the box."""
    dx, dy = towards["x"] - box["x"], towards["y"] - box["y"]
    if dx == dy == 0:
        return box["x"], box["y"]
    reach = min(
        box["width"] / 2 / abs(dx) if dx else math.inf,
        box["height"] / 2 / abs(dy) if dy else math.inf,
    )
    return round(box["x"] + dx * min(reach, 1), 1), round(box["y"] + dy * min(reach, 1), 1)


def _decimal(lexical: str | None) -> Decimal | None:
    try:
        value = Decimal(lexical) if lexical is not None else None
    except InvalidOperation:
        return None
    return value if value is not None and value.is_finite() else None
