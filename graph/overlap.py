"""Boxes of labels that overlap, and how they are pushed apart."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Position = tuple[float, float]
FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

MARGIN = (22.0, 26.0)
_ROUNDS = 400


def label_box(label: str, font_px: float = 14.0) -> tuple[float, float]:
    """Width and height that a label takes, in pixels; a wide character is one em.

    >>> label_box("釘釘")[0] > label_box("qq")[0]
    True
    """
    ems = sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.56 for c in label)
    return max(ems * font_px, font_px) + 2 * font_px, 2.6 * font_px


# Boxes nearer to each other than this are watched; farther ones cannot meet before the next look.
_SLACK = 48.0


def pushed_apart(
    points: FloatArray, boxes: FloatArray, movable: npt.NDArray[np.bool_]
) -> FloatArray:
    """Push overlapping boxes apart along the shorter way, until none overlap."""
    points = points.copy()
    half = boxes / 2 + np.array(MARGIN) / 2
    watched = points + math.inf
    one = other = np.empty(0, dtype=np.intp)
    for _ in range(_ROUNDS):
        if not np.abs(points - watched).max(initial=0.0) <= _SLACK / 2:
            watched = points.copy()
            one, other = _near(points, half + _SLACK / 2)
            reach = half[one] + half[other]
            total = (movable[one].astype(float) + movable[other])[:, None]
            # Two that may move share the way; one that may not leaves all of it to the other.
            shares = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
            share_one, share_other = (
                shares * movable[one][:, None],
                shares * movable[other][:, None],
            )
        delta = points[one] - points[other]
        overlap = reach - np.abs(delta)
        hit = (overlap > 0).all(axis=1)
        if not hit.any():
            break
        a, b, lap, way = one[hit], other[hit], overlap[hit], np.sign(delta[hit])
        way[way == 0] = -1.0
        along_x = lap[:, 0] < lap[:, 1]
        step = 0.6 * way * lap * np.stack([along_x, ~along_x], axis=1)
        np.add.at(points, a, step * share_one[hit])
        np.add.at(points, b, -step * share_other[hit])
    return points


def _near(points: FloatArray, half: FloatArray) -> tuple[IndexArray, IndexArray]:
    """The pairs of boxes that overlap, the lower index first; found along lines of one height."""
    order = np.argsort(points[:, 1] - half[:, 1], kind="stable")
    tops = (points[:, 1] - half[:, 1])[order]
    bottoms = (points[:, 1] + half[:, 1])[order]
    ends = np.searchsorted(tops, bottoms, side="left")
    counts = np.maximum(ends - np.arange(len(order)) - 1, 0)
    first = np.repeat(np.arange(len(order)), counts)
    offset = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts)
    one, other = order[first], order[first + 1 + offset]
    close = np.abs(points[one, 0] - points[other, 0]) < half[one, 0] + half[other, 0]
    one, other = one[close], other[close]
    return np.minimum(one, other), np.maximum(one, other)


def separated(positions: Mapping[str, Position], labels: Mapping[str, str]) -> dict[str, Position]:
    """Positions near those given at which no two labels overlap."""
    points = np.array(list(positions.values()), dtype=float).reshape(-1, 2)
    boxes = np.array([label_box(labels[each]) for each in positions], dtype=float).reshape(-1, 2)
    found = pushed_apart(points, boxes, np.ones(len(points), dtype=np.bool_))
    return {
        each: (round(float(x), 1), round(float(y), 1))
        for each, (x, y) in zip(positions, found, strict=True)
    }
