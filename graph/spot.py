"""Free spots: where a label can stand near a point and overlap nothing."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from graph.overlap import MARGIN, FloatArray, Position, label_box, overlapping

_RINGS_PX = 34.0
CANDIDATES = (300, 6_000)
"""So many spots are looked at first, and so many where none of those is free."""
_TRIED_AT_ONCE = 256
_APART = 0.5  # so that rounding makes nothing overlap


def line_height() -> float:
    """The height of every label's box."""
    return label_box("")[1]


def spiral(origin: Position, centres: FloatArray, size: int) -> FloatArray:
    """Spots around a point, nearest first; those on the side of the crowd count as farther."""
    number = np.arange(1, size + 1)
    turn = number * math.pi * (3 - math.sqrt(5))  # the golden angle spreads them evenly
    radius = 60.0 + _RINGS_PX * np.sqrt(number)
    direction = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    outward = np.zeros(2)
    if len(centres):
        away = np.array(origin) - centres.mean(axis=0)
        length = float(np.hypot(*away))
        outward = away / length if length > 1 else outward
    lean = 1.0 - 0.3 * (direction @ outward)
    # Labels are wide: a ring that is wider than high holds more of them as near.
    spots: FloatArray = np.array(origin) + direction * radius[:, None] * np.array([1.35, 0.8])
    return spots[np.argsort(radius * lean, kind="stable")]


def free_spots(
    spots: FloatArray, box: tuple[float, float], centres: FloatArray, half: FloatArray
) -> npt.NDArray[np.bool_]:
    """At which spots a box would overlap nothing."""
    free = np.ones(len(spots), dtype=np.bool_)
    reach = half + (np.array(box) + np.array(MARGIN)) / 2
    if len(spots):
        low, high = spots.min(axis=0), spots.max(axis=0)
        near = ((centres + reach > low) & (centres - reach < high)).all(axis=1)
        centres, reach = centres[near], reach[near]
    for start in range(0, len(spots), _TRIED_AT_ONCE):
        part = spots[start : start + _TRIED_AT_ONCE]
        delta = np.abs(part[:, None, :] - centres[None, :, :])
        free[start : start + _TRIED_AT_ONCE] = ~(delta < reach[None, :, :]).all(axis=2).any(axis=1)
    return free


def first_free(
    spots: FloatArray, box: tuple[float, float], centres: FloatArray, half: FloatArray
) -> FloatArray | None:
    """The first spot at which a box would overlap nothing."""
    start, size = 0, 8  # most find room at one of the first
    while start < len(spots):
        part = spots[start : start + size]
        free = free_spots(part, box, centres, half)
        if free.any():
            first: FloatArray = part[int(free.argmax())]
            return first
        start, size = start + size, min(2 * size, _TRIED_AT_ONCE)
    return None


def spot_for(
    origin: Position, box: tuple[float, float], centres: FloatArray, half: FloatArray
) -> FloatArray:
    """The nearest free spot for a box, or one below everything: there is always room."""
    for size in CANDIDATES:
        spot = first_free(spiral(origin, centres, size), box, centres, half)
        if spot is not None:
            return spot
    return np.array([origin[0], float((centres + half)[:, 1].max()) + box[1] / 2 + MARGIN[1]])


def relocated(points: FloatArray, boxes: FloatArray, movable: npt.NDArray[np.bool_]) -> FloatArray:
    """Points of which those that still overlap are moved to the nearest free spot."""
    points, half = points.copy(), boxes / 2
    while True:
        one, other = overlapping(points, half + _APART / 2)
        can_move = movable[one] | movable[other]
        if not can_move.any():
            return points
        first, second = int(one[can_move][0]), int(other[can_move][0])
        moved = second if movable[second] else first
        others = np.arange(len(points)) != moved
        box = (float(boxes[moved, 0]), float(boxes[moved, 1]))
        origin = (float(points[moved, 0]), float(points[moved, 1]))
        points[moved] = spot_for(origin, box, points[others], half[others])
