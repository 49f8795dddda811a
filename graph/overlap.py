"""Boxes of labels that overlap, and how they are pushed apart."""

from __future__ import annotations

import math
import unicodedata

import numpy as np
import numpy.typing as npt

Position = tuple[float, float]
FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

MARGIN = (22.0, 26.0)
_ROUNDS = 100
_TOUCH = 0.25


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
    points: FloatArray, boxes: FloatArray, movable: npt.NDArray[np.bool_], rounds: int = _ROUNDS
) -> FloatArray:
    """Push overlapping boxes apart along the shorter way, until none overlap or rounds are up."""
    if len(points) < 2:
        return points.copy()
    x, y = points[:, 0].copy(), points[:, 1].copy()
    half = boxes / 2 + np.array(MARGIN) / 2
    count = len(points)
    watched_x, watched_y = x + math.inf, y
    one = other = np.empty(0, dtype=np.intp)
    for _ in range(rounds):
        moved = max(np.abs(x - watched_x).max(), np.abs(y - watched_y).max())
        if not moved <= _SLACK / 2:
            watched_x, watched_y = x.copy(), y.copy()
            one, other = overlapping(np.stack([x, y], axis=1), half + _SLACK / 2)
            can_move = movable[one] | movable[other]
            one, other = one[can_move], other[can_move]
            reach_x, reach_y = (half[one] + half[other]).T
            # Two that may move share the way; one that may not leaves all of it to the other.
            shares = 0.6 / (movable[one].astype(float) + movable[other])
            share_one, share_other = shares * movable[one], shares * movable[other]
        delta_x = x[one] - x[other]
        lap_x = reach_x - np.abs(delta_x)
        delta_y = y[one] - y[other]
        lap_y = reach_y - np.abs(delta_y)
        (hit,) = np.nonzero((lap_x > _TOUCH) & (lap_y > _TOUCH))
        if not len(hit):
            break
        along_x = lap_x[hit] < lap_y[hit]
        for axis, delta, lap, chosen in (
            (x, delta_x, lap_x, hit[along_x]),
            (y, delta_y, lap_y, hit[~along_x]),
        ):
            step = np.where(delta[chosen] > 0, lap[chosen], -lap[chosen])
            axis += np.bincount(one[chosen], step * share_one[chosen], count)
            axis -= np.bincount(other[chosen], step * share_other[chosen], count)
    return np.stack([x, y], axis=1)


def overlapping(points: FloatArray, half: FloatArray) -> tuple[IndexArray, IndexArray]:
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
