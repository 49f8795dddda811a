"""Where the classes of a vocabulary stand in a picture of them: a tree that reads from the left.

Knows names and which class lies below which; the markup is the template's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graph.overlap import label_box

JSON = dict[str, Any]

_ROW_PX = 30
_BOX_PX = 24
_GAP_PX = 44
_FONT_PX = 13.0
_MARGIN_PX = 6
_ROW_WIDTH_PX = 840


def class_picture(
    classes: Mapping[str, str], above: Mapping[str, Iterable[str]], own: Iterable[str]
) -> JSON:
    """Boxes and lines for `classes` (IRI to label); `above` names what each lies below.

    A class with several classes above it hangs from the first of `own` and has thin lines to
    the others in the tree. Classes from which nothing hangs stand in rows below it.
    """
    ours = set(own)
    parents = {
        iri: sorted((p for p in above.get(iri, ()) if p in classes and p != iri), key=_key(ours))
        for iri in classes
    }
    children: dict[str, list[str]] = {iri: [] for iri in classes}
    for iri, own_parents in parents.items():
        if own_parents:
            children[own_parents[0]].append(iri)
    roots = sorted((iri for iri in classes if not parents[iri]), key=lambda iri: classes[iri])
    trees = [iri for iri in roots if children[iri]]
    alone = [iri for iri in roots if not children[iri]]
    places: dict[str, tuple[int, int]] = {}
    row = 0
    for root in trees:
        row = _place(root, 0, row, children, classes, places)
    widths = {iri: round(label_box(label, _FONT_PX)[0]) - 6 for iri, label in classes.items()}
    deepest = max((depth for depth, _ in places.values()), default=0)
    column = [
        max((widths[iri] for iri, (d, _) in places.items() if d == depth), default=0)
        for depth in range(deepest + 1)
    ]
    starts = [_MARGIN_PX + sum(column[:depth]) + depth * _GAP_PX for depth in range(deepest + 1)]
    boxes = {
        iri: _box(iri, classes[iri], starts[depth], row_at * _ROW_PX, widths[iri], iri in ours)
        for iri, (depth, row_at) in places.items()
    }
    x, y = _MARGIN_PX, row * _ROW_PX + (_ROW_PX // 2 if row else 0)
    for iri in alone:
        if x + widths[iri] > _ROW_WIDTH_PX:
            x, y = _MARGIN_PX, y + _ROW_PX
        boxes[iri] = _box(iri, classes[iri], x, y, widths[iri], iri in ours)
        x += widths[iri] + 12
    lines = [
        {**_line(boxes[p], boxes[iri]), "isFirst": index == 0}
        for iri, own_parents in parents.items()
        for index, p in enumerate(own_parents)
        if iri in places and p in places
    ]
    return {
        "boxes": list(boxes.values()),
        "lines": sorted(lines, key=lambda line: line["isFirst"]),
        "width": max((b["x"] + b["width"] for b in boxes.values()), default=0) + _MARGIN_PX,
        "height": max((b["y"] for b in boxes.values()), default=0) + _ROW_PX + _MARGIN_PX,
    }


def _key(ours: set[str]) -> Any:
    return lambda iri: (iri not in ours, iri)


def _place(
    iri: str,
    depth: int,
    row: int,
    children: Mapping[str, list[str]],
    classes: Mapping[str, str],
    places: dict[str, tuple[int, int]],
) -> int:
    """Place a class at the row of its first descendant; the next free row."""
    if iri in places:  # a circle
        return row
    places[iri] = (depth, row)
    below = sorted(children[iri], key=lambda c: (not children[c], classes[c]))
    for child in below:
        row = _place(child, depth + 1, row, children, classes, places)
    return row if below else row + 1


def _box(iri: str, label: str, x: int, y: int, width: int, is_own: bool) -> JSON:
    return {
        "iri": iri,
        "label": label,
        "x": x,
        "y": y + _MARGIN_PX,
        "width": width,
        "height": _BOX_PX,
        "isOwn": is_own,
    }


def _line(parent: JSON, child: JSON) -> JSON:
    x1, y1 = parent["x"] + parent["width"], parent["y"] + _BOX_PX / 2
    x2, y2 = child["x"], child["y"] + _BOX_PX / 2
    return {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "bend": x2 - _GAP_PX / 2}
