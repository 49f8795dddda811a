"""Measures of a network: degree, betweenness, PageRank and communities, by networkx.

Run as a program it reads lines of two IRIs and a predicate from standard input and writes the
measures as JSON: a large network is measured in a process of its own.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import networkx as nx

from graph.layout import SEED

Measures = dict[str, dict[str, Any]]

EXACT_NODES = 2_000
_SAMPLED_NODES = (10, 200)
_STEPS = 6_000_000
_DIGITS = 6


def measures_of(network: nx.MultiDiGraph[str]) -> Measures:
    """Each measure for each node. Degree counts links; the rest sees each pair once.

    Betweenness is exact up to `EXACT_NODES` nodes, beyond them it is estimated from paths
    to a seeded sample of them. Communities (Louvain, seeded) are numbered by size.
    """
    nodes = sorted(network)
    directed: nx.DiGraph[str] = nx.DiGraph()
    directed.add_nodes_from(nodes)
    directed.add_edges_from(sorted((s, o) for s, o in network.edges() if s != o))
    simple: nx.Graph[str] = nx.Graph()
    simple.add_nodes_from(nodes)
    simple.add_edges_from(sorted(directed.edges()))
    sampled = None if len(nodes) <= EXACT_NODES else _sample_of(simple)
    between = nx.betweenness_centrality(simple, k=sampled, seed=SEED) if nodes else {}
    rank = nx.pagerank(directed) if nodes else {}
    communities = nx.community.louvain_communities(simple, seed=SEED) if nodes else []
    ranked = sorted(communities, key=lambda members: (-len(members), min(members)))
    member = {node: number for number, members in enumerate(ranked) for node in members}
    return {
        "degree": {node: int(network.degree(node)) for node in nodes},
        "betweenness": {node: round(float(between[node]), _DIGITS) for node in nodes},
        "pagerank": {node: round(float(rank[node]), _DIGITS + 2) for node in nodes},
        "community": {node: member[node] for node in nodes},
    }


def _sample_of(network: nx.Graph[str]) -> int:
    """From how many nodes paths are followed: each time all links are walked."""
    least, most = _SAMPLED_NODES
    return max(least, min(most, _STEPS // (len(network) + network.number_of_edges())))


def leading(measures: Measures, count: int) -> Measures:
    """The measures of the nodes that are among the first `count` by any of them."""
    kept: set[str] = set()
    for name in ("degree", "betweenness", "pagerank"):
        values = measures[name]
        kept.update(sorted(values, key=lambda node: (-values[node], node))[:count])
    return {name: {n: v for n, v in own.items() if n in kept} for name, own in measures.items()}


def _main() -> None:
    network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for line in sys.stdin.buffer.read().decode().split("\n"):
        if line:
            s, o, p = line.split("\t")
            network.add_edge(s, o, key=p)
    count = int(sys.argv[1])
    json.dump(leading(measures_of(network), count), sys.stdout)


if __name__ == "__main__":
    _main()
