"""Where things stand in the picture: seeded, apart, and the same for everyone.

Knows a networkx graph with sizes and hints; knows nothing of RDF.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping

import networkx as nx
import numpy as np
import numpy.typing as npt

SEED = 20200208
_SPACING = 128.0
_MARGIN = (22.0, 26.0)
_ROUNDS = 400

Position = tuple[float, float]
FloatArray = npt.NDArray[np.float64]


def label_box(label: str, font_px: float = 14.0) -> tuple[float, float]:
    """Width and height that a label takes, in pixels; a wide character is one em.

    >>> label_box("釘釘")[0] > label_box("qq")[0]
    True
    """
    ems = sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.56 for c in label)
    return max(ems * font_px, font_px) + 2 * font_px, 2.6 * font_px


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
        iterations=120,
        seed=SEED,
        scale=None,
    )
    settled = np.array([positions[node] for node in nodes], dtype=float)
    if not fixed:
        settled = _in_bands(nodes, settled, anchors, pull)
    settled *= scale
    boxes = np.array([label_box(str(network.nodes[node].get("label", ""))) for node in nodes])
    movable = np.array([not fixed or node not in fixed for node in nodes])
    settled = _apart(settled, boxes, movable)
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


def _apart(points: FloatArray, boxes: FloatArray, movable: npt.NDArray[np.bool_]) -> FloatArray:
    """Push overlapping boxes apart along the shorter way, until none overlap."""
    points = points.copy()
    half = boxes / 2 + np.array(_MARGIN) / 2
    reach = half[:, None, :] + half[None, :, :]
    share = np.where(movable[:, None] & movable[None, :], 0.5, 1.0) * movable[:, None]
    for _ in range(_ROUNDS):
        delta = points[:, None, :] - points[None, :, :]
        overlap = reach - np.abs(delta)
        hit = (overlap > 0).all(axis=2)
        hit &= ~np.eye(len(points), dtype=np.bool_)
        if not hit.any():
            break
        along_x = overlap[:, :, 0] < overlap[:, :, 1]
        sign = np.sign(delta)
        order = np.sign(np.arange(len(points))[:, None] - np.arange(len(points))[None, :])
        sign = np.where(sign == 0, order[:, :, None], sign)
        step = np.where(hit, share, 0.0)
        points[:, 0] += (step * along_x * sign[:, :, 0] * overlap[:, :, 0]).sum(axis=1) * 0.6
        points[:, 1] += (step * ~along_x * sign[:, :, 1] * overlap[:, :, 1]).sum(axis=1) * 0.6
    return points
