"""Where things stand in the picture: seeded, apart, and the same for everyone.

Knows a networkx graph with sizes and hints; knows nothing of RDF.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import networkx as nx
import numpy as np
import numpy.typing as npt

from graph.overlap import MARGIN, FloatArray, Position, label_box, pushed_apart

SEED = 20200208
_SPACING = 128.0
_DENSE = 400


def place(
    network: nx.Graph[str],
    *,
    anchors: Mapping[str, Position],
    pull: Mapping[str, float],
    fixed: Mapping[str, Position] | None = None,
) -> dict[str, Position]:
    """A position in pixels for each node, no two labels overlapping.

    `anchors` are nodes that keep their place, in units of the picture's half width;
    `pull` is the side that a node is drawn to, from -1 (left) to 1 (right);
    `fixed` are positions in pixels that an earlier placing settled.
    Each node has a `label`.
    """
    nodes = sorted(network)
    if not nodes:
        return {}
    simple: nx.Graph[str] = nx.Graph()
    simple.add_nodes_from(nodes)
    simple.add_edges_from(sorted((a, b) for a, b in network.edges() if a != b))
    scale = _SPACING * math.sqrt(len(nodes)) / 1.7
    start = _start(nodes, anchors, pull)
    held = dict(anchors)
    if fixed:
        held |= {node: (x / scale, y / scale) for node, (x, y) in fixed.items()}
        start |= held
        for node in nodes:
            near = [start[other] for other in simple[node] if other in fixed]
            if node not in held and near:
                start[node] = _beside(node, near)
    positions = nx.spring_layout(
        simple,
        k=1.9 / math.sqrt(len(nodes)),
        pos=start,
        fixed=sorted(set(held) & set(nodes)) or None,
        # Each pass looks at all pairs: a large network has to do with fewer.
        iterations=max(15, min(120, 120 * _DENSE**2 // len(nodes) ** 2)),
        seed=SEED,
        scale=None,
        method="force",
    )
    settled = np.array([positions[node] for node in nodes], dtype=float)
    if not fixed:
        settled = _in_bands(nodes, settled, anchors, pull)
    settled *= scale
    boxes = np.array([label_box(str(network.nodes[node].get("label", ""))) for node in nodes])
    movable = np.array([not fixed or node not in fixed for node in nodes])
    settled = pushed_apart(settled, boxes, movable)
    return {
        node: (round(float(x), 1), round(float(y), 1))
        for node, (x, y) in zip(nodes, settled, strict=True)
    }


# The picture is a little wider than high; each side keeps to its part of the width.
_BANDS = {-1.0: (-1.3, -0.36), 0.0: (-0.85, 1.15), 1.0: (0.42, 1.3)}
_EVENNESS = 0.72


def _in_bands(
    nodes: list[str],
    points: FloatArray,
    anchors: Mapping[str, Position],
    pull: Mapping[str, float],
) -> FloatArray:
    """Spread each side evenly over its band, in the order that the springs gave."""
    spread = points.copy()
    free = [index for index, node in enumerate(nodes) if node not in anchors]
    for side, (low, high) in _BANDS.items():
        own = [index for index in free if pull.get(nodes[index], 0.0) == side]
        for axis, (start, end) in ((0, (low, high)), (1, (-1.0, 1.0))):
            ranked = sorted(own, key=lambda index: (points[index, axis], nodes[index]))
            if axis == 0 and side == 0.0:
                spread[own, 0] = np.clip(points[own, 0], low, high)
                continue
            for place_in_rank, index in enumerate(ranked):
                even = start + (end - start) * (place_in_rank + 0.5) / len(ranked)
                sprung = float(np.clip(points[index, axis], start, end))
                spread[index, axis] = _EVENNESS * even + (1 - _EVENNESS) * sprung
    return spread


def _start(
    nodes: list[str], anchors: Mapping[str, Position], pull: Mapping[str, float]
) -> dict[str, Position]:
    random = np.random.default_rng(SEED)
    start: dict[str, Position] = {}
    for node in nodes:
        jitter_x, jitter_y = random.uniform(-0.3, 0.3), random.uniform(-0.9, 0.9)
        start[node] = anchors.get(node, (0.8 * pull.get(node, 0.0) + jitter_x, jitter_y))
    return start


def _beside(node: str, near: list[Position]) -> Position:
    """A point near the middle of a node's neighbours, turned by the node's name."""
    turn = 2 * math.pi * (sum(map(ord, node)) % 97) / 97
    x = sum(p[0] for p in near) / len(near)
    y = sum(p[1] for p in near) / len(near)
    return x + 0.15 * math.cos(turn), y + 0.15 * math.sin(turn)


_RINGS_PX = 34.0
_CANDIDATES = 6_000
_TRIED_AT_ONCE = 256


def place_beside(
    origin: Position,
    labels: Mapping[str, str],
    places: Mapping[str, tuple[Position, str]],
) -> dict[str, Position]:
    """A position for each new label near `origin`, overlapping none of `places` nor each other.

    `places` are positions and labels that are there and stay. New ones are placed in their
    order, each at the first free spot of a seeded spiral that leans away from the crowd.
    """
    held = [(place, label_box(label)) for place, label in places.values()]
    centres = np.array([place for place, _ in held], dtype=float).reshape(-1, 2)
    half = np.array([box for _, box in held], dtype=float).reshape(-1, 2) / 2
    boxes = {each: label_box(label) for each, label in labels.items()}
    least = min((box[0] for box in boxes.values()), default=0.0)
    spots = _spiral(origin, centres, len(labels))
    spots = spots[_free(spots, (least, _line_height()), centres, half)]
    found: dict[str, Position] = {}
    for each, box in boxes.items():
        spot = _first_free(spots, box, centres, half)
        if spot is None:  # so crowded that only below everything is there room
            bottom = float((centres + half)[:, 1].max()) + box[1] / 2 + MARGIN[1]
            spot = np.array([origin[0], bottom])
        spot = np.round(spot, 1)
        found[each] = (float(spot[0]), float(spot[1]))
        centres = np.vstack([centres, spot])
        half = np.vstack([half, np.array(box) / 2])
        taken = _free(spots, (least, _line_height()), centres[-1:], half[-1:])
        spots = spots[taken]
    return found


def _line_height() -> float:
    return label_box("")[1]


def _spiral(origin: Position, centres: FloatArray, count: int) -> FloatArray:
    """Spots around a point, nearest first; those on the side of the crowd count as farther."""
    size = _CANDIDATES + 40 * count
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


def _free(
    spots: FloatArray, box: tuple[float, float], centres: FloatArray, half: FloatArray
) -> npt.NDArray[np.bool_]:
    """At which spots a box would overlap nothing."""
    free = np.ones(len(spots), dtype=np.bool_)
    reach = half + (np.array(box) + np.array(MARGIN)) / 2
    for start in range(0, len(spots), _TRIED_AT_ONCE):
        part = spots[start : start + _TRIED_AT_ONCE]
        delta = np.abs(part[:, None, :] - centres[None, :, :])
        free[start : start + _TRIED_AT_ONCE] = ~(delta < reach[None, :, :]).all(axis=2).any(axis=1)
    return free


def _first_free(
    spots: FloatArray, box: tuple[float, float], centres: FloatArray, half: FloatArray
) -> FloatArray | None:
    for start in range(0, len(spots), _TRIED_AT_ONCE):
        part = spots[start : start + _TRIED_AT_ONCE]
        free = _free(part, box, centres, half)
        if free.any():
            first: FloatArray = part[int(free.argmax())]
            return first
    return None
