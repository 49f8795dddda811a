"""Where things stand in the picture: seeded, apart, and the same for everyone.

Knows a networkx graph with sizes and hints; knows nothing of RDF.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

import networkx as nx
import numpy as np

from graph.overlap import FloatArray, Position, label_box, pushed_apart
from graph.spot import (
    CANDIDATES,
    first_free,
    free_spots,
    line_height,
    relocated,
    spiral,
    spot_for,
)

SEED = 20200208
Shape = Literal["wide", "tall"]
"""What a picture is made for: a wide screen, or one that is held upright."""

_SPACING = 128.0
_DENSE = 200
_SPRUNG = 500
_SPOTS_EACH = 20
# A telephone shows a tall picture at half its size, and its labels no smaller than others,
# broken into lines: so large they are beside what they name.
_TALL_FONT_PX = 22.0
_TALL_LINE_PX = 130.0
_STRETCH: dict[Shape, Position] = {"wide": (1.0, 1.0), "tall": (0.74, 1.22)}


def place(
    network: nx.Graph[str],
    *,
    anchors: Mapping[str, Position],
    pull: Mapping[str, float],
    fixed: Mapping[str, Position] | None = None,
    shape: Shape = "wide",
) -> dict[str, Position]:
    """A position in pixels for each node, no two labels overlapping.

    `anchors` are nodes that keep their place, in units of the picture's half width;
    `pull` is the side that a node is drawn to, from -1 (left) to 1 (right);
    `fixed` are positions in pixels that an earlier placing settled.
    Each node has a `label`. A tall picture is as large as a wide one.
    """
    nodes = sorted(network)
    if not nodes:
        return {}
    simple: nx.Graph[str] = nx.Graph()
    simple.add_nodes_from(nodes)
    simple.add_edges_from(sorted((a, b) for a, b in network.edges() if a != b))
    scale = _SPACING * math.sqrt(len(nodes)) / 1.7 * np.array(_STRETCH[shape])
    start = _start(nodes, anchors, pull)
    held = dict(anchors)
    if fixed:
        held |= {node: (x / scale[0], y / scale[1]) for node, (x, y) in fixed.items()}
        start |= held
        for node in nodes:
            near = [start[other] for other in simple[node] if other in fixed]
            if node not in held and near:
                start[node] = _beside(node, near)
    if len(nodes) > _SPRUNG:
        positions = _around_the_middle(simple) | held
    else:
        positions = _sprung(simple, start, held)
    settled = np.array([positions[node] for node in nodes], dtype=float)
    if not fixed and len(nodes) <= _SPRUNG:
        settled = _in_bands(nodes, settled, anchors, pull)
    settled *= scale
    boxes = np.array([_box(str(network.nodes[node].get("label", "")), shape) for node in nodes])
    movable = np.array([not fixed or node not in fixed for node in nodes])
    settled = relocated(pushed_apart(settled, boxes, movable), boxes, movable)
    return {
        node: (round(float(x), 1), round(float(y), 1))
        for node, (x, y) in zip(nodes, settled, strict=True)
    }


def _box(label: str, shape: Shape) -> tuple[float, float]:
    if shape == "wide":
        return label_box(label)
    width, height = label_box(label, _TALL_FONT_PX)
    lines = math.ceil(width / _TALL_LINE_PX)
    return min(width, _TALL_LINE_PX), height + (lines - 1) * _TALL_FONT_PX


def _sprung(
    network: nx.Graph[str], start: Mapping[str, Position], held: Mapping[str, Position]
) -> dict[str, Position]:
    """Where springs draw things, from a start; what is held stays."""
    found = nx.spring_layout(
        network,
        k=1.9 / math.sqrt(len(network)),
        pos=start,
        fixed=sorted(set(held) & set(network)) or None,
        # Each pass looks at all pairs: a large network has to do with fewer.
        iterations=max(8, min(120, int(120 * (_DENSE / len(network)) ** 2))),
        seed=SEED,
        scale=None,
        method="force",
    )
    return {node: (float(x), float(y)) for node, (x, y) in found.items()}


def _around_the_middle(network: nx.Graph[str]) -> dict[str, Position]:
    """Too many for springs: the most linked in the middle, what hangs on it around."""
    order: dict[str, None] = {}
    for root in sorted(network, key=lambda node: (-network.degree(node), node)):
        if root not in order:
            order[root] = None
            order.update((node, None) for _, node in nx.bfs_edges(network, root))
    found: dict[str, Position] = {}
    for number, node in enumerate(order):
        turn, radius = number * math.pi * (3 - math.sqrt(5)), math.sqrt((number + 0.5) / len(order))
        found[node] = (1.4 * radius * math.cos(turn), radius * math.sin(turn))
    return found


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
    spots = spiral(origin, centres, CANDIDATES[0] + _SPOTS_EACH * len(labels))
    spots = spots[free_spots(spots, (least, line_height()), centres, half)]
    found: dict[str, Position] = {}
    for each, box in boxes.items():
        spot = first_free(spots, box, centres, half)
        if spot is None:
            spot = spot_for(origin, box, centres, half)
        spot = np.round(spot, 1)
        found[each] = (float(spot[0]), float(spot[1]))
        centres = np.vstack([centres, spot])
        half = np.vstack([half, np.array(box) / 2])
        taken = free_spots(spots, (least, line_height()), centres[-1:], half[-1:])
        spots = spots[taken]
    return found


def separated(positions: Mapping[str, Position], labels: Mapping[str, str]) -> dict[str, Position]:
    """Positions near those given at which no two labels overlap."""
    points = np.array(list(positions.values()), dtype=float).reshape(-1, 2)
    boxes = np.array([label_box(labels[each]) for each in positions], dtype=float).reshape(-1, 2)
    movable = np.ones(len(points), dtype=np.bool_)
    found = relocated(pushed_apart(points, boxes, movable), boxes, movable)
    return {
        each: (round(float(x), 1), round(float(y), 1))
        for each, (x, y) in zip(positions, found, strict=True)
    }
