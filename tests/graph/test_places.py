"""Where labels stand: nothing overlaps, nothing that is there moves, the same for everyone."""

from __future__ import annotations

import time

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.layout import place, place_beside, separated
from graph.overlap import Position, label_box, pushed_apart

LABELS = st.text("釘a 字x", max_size=33)
COORDINATES = st.floats(-900, 900, allow_nan=False)
POSITIONS = st.tuples(COORDINATES, COORDINATES)


def overlap(one: tuple[Position, str], other: tuple[Position, str]) -> bool:
    (place_one, label_one), (place_other, label_other) = one, other
    box_one, box_other = label_box(label_one), label_box(label_other)
    return all(
        abs(place_one[axis] - place_other[axis]) < (box_one[axis] + box_other[axis]) / 2
        for axis in (0, 1)
    )


@settings(max_examples=30, deadline=None)
@given(
    POSITIONS, st.lists(LABELS, max_size=30), st.lists(st.tuples(POSITIONS, LABELS), max_size=40)
)
def test_new_labels_overlap_nothing_that_is_there_nor_each_other(
    origin: Position, labels: list[str], there: list[tuple[Position, str]]
) -> None:
    new = {f"new {number}": label for number, label in enumerate(labels)}
    held = {f"held {number}": each for number, each in enumerate(there)}
    found = place_beside(origin, new, held)
    assert list(found) == list(new)
    boxes = [(found[name], label) for name, label in new.items()]
    for index, box in enumerate(boxes):
        assert not any(overlap(box, other) for other in boxes[:index])
        assert not any(overlap(box, other) for other in held.values())
    assert place_beside(origin, new, held) == found


def test_new_labels_stand_near_and_away_from_the_crowd() -> None:
    crowd = {f"{x} {y}": ((-120.0 * x, 60.0 * y), "label") for x in range(6) for y in range(-3, 4)}
    found = place_beside((0.0, 0.0), {f"n{number}": "label" for number in range(12)}, crowd)
    xs = [x for x, _ in found.values()]
    assert sum(x > 0 for x in xs) > 8
    assert max(abs(x) for x in xs) < 700


def test_two_hundred_new_labels_find_a_place_beside_five_hundred() -> None:
    held = {
        f"h{n}": ((90.0 * (n % 25) - 1125, 70.0 * (n // 25) - 700), "a label") for n in range(500)
    }
    found = place_beside((0.0, 0.0), {f"n{n}": f"new label {n}" for n in range(200)}, held)
    assert len(set(found.values())) == 200


def test_four_hundred_boxes_are_pushed_apart_in_a_tenth_of_a_second() -> None:
    random = np.random.default_rng(1)
    points = random.uniform(-900, 900, (400, 2))
    boxes = np.stack([random.uniform(40, 300, 400), np.full(400, 36.0)], axis=1)
    started = time.process_time()
    pushed_apart(points, boxes, np.ones(400, dtype=np.bool_))
    # The bound is 0.1 s on a quiet machine; a busy one gets some leave.
    assert time.process_time() - started < 0.4


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(POSITIONS, st.text("釘a", max_size=8)), max_size=15))
def test_labels_are_separated(there: list[tuple[Position, str]]) -> None:
    positions = {str(number): each[0] for number, each in enumerate(there)}
    labels = {str(number): each[1] for number, each in enumerate(there)}
    found = separated(positions, labels)
    boxes = [(found[name], labels[name]) for name in found]
    pairs = [(a, b) for index, a in enumerate(boxes) for b in boxes[:index]]
    assert not any(overlap(a, b) for a, b in pairs)


def test_what_has_a_place_keeps_it() -> None:
    network: nx.Graph[str] = nx.path_graph([f"n{number}" for number in range(30)])
    for node in network:
        network.nodes[node]["label"] = f"thing {node}"
    fixed = {"n3": (0.0, 0.0), "n7": (10.0, 5.0), "n20": (-400.0, 200.0)}
    found = place(network, anchors={}, pull={}, fixed=fixed)
    assert {node: found[node] for node in fixed} == fixed
    assert place(network, anchors={}, pull={}, fixed=fixed) == found
