"""Paths between two things, the shortest first, found from both ends at once."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import networkx as nx

from graph.errors import ResourceNotFound
from graph.network.link import Link, Links

LONGEST = 6
_PAIRS = 300_000
_TIME_S = 4.0
_TRIED = 500_000


@dataclass(frozen=True)
class Path:
    """Things one after the other, and the links of each step."""

    things: tuple[str, ...]
    steps: tuple[tuple[Link, ...], ...]


@dataclass(frozen=True)
class Paths:
    """Some paths; `truncated` when time or size ended the search before all were found."""

    paths: list[Path]
    links: list[Link]
    more: bool
    truncated: bool


@dataclass
class _End:
    """What was reached from one end, step by step."""

    distance: dict[str, int]
    frontier: list[str]
    depth: int = 0


@dataclass
class _Search:
    """The part of the network that was read: all links within `start.depth` + `goal.depth`."""

    links: Links
    start: _End
    goal: _End
    deadline: float
    network: nx.Graph[str] = field(default_factory=nx.Graph)
    pairs: int = 0
    bridged: int = 0
    truncated: bool = False

    def reach(self) -> int:
        """Paths up to so many steps are wholly read."""
        return self.start.depth + self.goal.depth + self.bridged

    def grow(self) -> bool:
        """Go one step further from the smaller end; whether there was one to go."""
        ends = [end for end in (self.start, self.goal) if end.frontier]
        if not ends:
            return False
        if self.pairs >= _PAIRS or time.monotonic() > self.deadline:
            self.truncated = True
            return False
        end = min(ends, key=lambda each: (len(each.frontier), each.depth))
        if not self.bridged and len(ends) == 2:
            # Between two wide frontiers: what links them need not be sought among all links.
            bridges = self.links.bridges(self.start.frontier, self.goal.frontier)
            if bridges is not None and bridges.complete:
                self.pairs += len(bridges.pairs)
                self.network.add_edges_from(sorted(bridges.pairs))
                self.bridged = 1
                return True
        self.bridged = 0
        steps = self.links.steps(end.frontier, _PAIRS - self.pairs)
        self.pairs += len(steps.pairs)
        self.network.add_edges_from(sorted(steps.pairs))
        end.depth += 1
        end.frontier = sorted({b for _, b in steps.pairs} - end.distance.keys())
        end.distance.update(dict.fromkeys(end.frontier, end.depth))
        if not steps.complete:
            self.truncated = True
            end.frontier = []
        return True


def find_paths(links: Links, start: str, goal: str, *, limit: int, offset: int) -> Paths:
    """Undirected simple paths of at most `LONGEST` steps, the shortest first.

    Each step reads the smaller of two frontiers, so that a hub at one end is read once.
    Raises `ResourceNotFound` for an end of which nothing is said.
    """
    there = links.known([start, goal])
    for end in (start, goal):
        if end not in there:
            raise ResourceNotFound(end)
    if start == goal:
        return Paths([], [], False, False)
    search = _Search(
        links,
        _End({start: 0}, [start]),
        _End({goal: 0}, [goal]),
        time.monotonic() + _TIME_S,
    )
    wanted = offset + limit + 1
    found: list[list[str]] = []
    while search.reach() < LONGEST and search.grow():
        if search.bridged or _nearest(search) <= search.reach():
            found = _enumerate(search, start, goal, wanted)
            if len(found) >= wanted or search.truncated:
                break
    exhausted = not (search.start.frontier or search.goal.frontier)
    if not found and exhausted and not search.truncated:
        return Paths([], [], False, False)
    if len(found) < wanted and not search.truncated and search.reach() >= LONGEST:
        search.truncated = bool(search.start.frontier and search.goal.frontier)
    page = found[offset : offset + limit]
    inside = {iri for path in page for iri in path}
    among = links.among(inside, ()) if inside else []
    return Paths(
        [_path(things, among) for things in page],
        among,
        len(found) > offset + limit,
        search.truncated,
    )


def _nearest(search: _Search) -> int:
    """The length of the shortest path that was read, or more than any may have."""
    one, other = search.start.distance, search.goal.distance
    if len(one) > len(other):
        one, other = other, one
    return min((d + other[iri] for iri, d in one.items() if iri in other), default=LONGEST + 1)


def _enumerate(search: _Search, start: str, goal: str, wanted: int) -> list[list[str]]:
    """The first paths of those that were wholly read, in order of length, then of IRIs."""
    reach = search.reach()
    near = _within(search.network, start, reach)
    far = _within(search.network, goal, reach)
    network = search.network.subgraph(
        [iri for iri, steps in near.items() if steps + far.get(iri, reach + 1) <= reach]
    )
    beside = {iri: sorted(network.adj[iri]) for iri in network}
    # Where a walk of exactly so many steps may still end at the goal: no other turn is tried.
    exact: list[set[str]] = [{goal}]
    found: list[list[str]] = []
    for length in range(1, reach + 1):
        exact.append({other for iri in exact[-1] for other in beside.get(iri, ())})
        for path in _of_length(beside, exact, start, length):
            if path is None:
                search.truncated = True
                return found
            found.append(path)
            if len(found) >= wanted:
                return found
    return found


def _of_length(
    beside: Mapping[str, Sequence[str]], exact: Sequence[set[str]], start: str, length: int
) -> Iterator[list[str] | None]:
    """The simple paths of so many steps, in order of their IRIs; None when too much was tried."""
    if start not in exact[length]:
        return
    path, turns, tried = [start], [iter(beside[start])], 0
    while turns:
        left = length - len(path)
        for other in turns[-1]:
            tried += 1
            passes_goal = left > 0 and other in exact[0]
            if passes_goal or other not in exact[left] or other in path:
                continue
            if left == 0:
                yield [*path, other]
                continue
            path.append(other)
            turns.append(iter(beside[other]))
            break
        else:
            turns.pop()
            path.pop()
        if tried > _TRIED:
            yield None
            return


def _within(network: nx.Graph[str], source: str, cutoff: int) -> dict[str, int]:
    if source not in network:
        return {}
    return dict(nx.single_source_shortest_path_length(network, source, cutoff=cutoff))


def _path(things: Sequence[str], links: list[Link]) -> Path:
    by_pair: dict[frozenset[str], list[Link]] = {}
    for link in links:
        by_pair.setdefault(frozenset((link.subject, link.object)), []).append(link)
    return Path(
        tuple(things),
        tuple(tuple(_cited_first(by_pair.get(frozenset(step), []))) for step in pairwise(things)),
    )


def _cited_first(links: list[Link]) -> list[Link]:
    """Those that a statement asserts before those that are quoted, disputed or bare."""
    return sorted(
        links,
        key=lambda link: (not link.statements, not link.modality.endswith("Asserted"), link.key),
    )
