"""A network as GraphML, as GEXF, or as tables of its nodes and edges.

What data says is written as text that XML can hold; the same network gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import networkx as nx

from graph.csv_archive import Column, Table, write_archive
from graph.errors import UnsupportedFormat

NETWORK_FORMS = ("graphml", "gexf", "csv")

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
# All that is not a character of XML 1.0 (2.2), to which its escapes cannot refer either.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TODAY = re.compile(r' lastmodifieddate="[^"]*"')

_NODES = (
    Column("iri", "anyURI", required=True),
    Column("label", property_iri=f"{_RDFS}label", says_language=True),
    Column("class", "anyURI", property_iri=f"{_RDF}type"),
    Column("kind"),
    Column("camp"),
    Column("date"),
    Column("number", "integer"),
)
_EDGES = (
    Column("source", "anyURI", required=True),
    Column("target", "anyURI", required=True),
    Column("predicate", "anyURI", required=True),
    Column("label", says_language=True),
    Column("modality"),
    Column("statements", "anyURI", many=True),
    Column("passages", "anyURI", many=True),
)


def write_network(network: nx.MultiDiGraph[str], form: str, language: str) -> bytes:
    """Write a network as "graphml", "gexf" or "csv" (a ZIP of nodes.csv and edges.csv).

    Nodes are IRIs with any of `label`, `class` (or `class_iri`), `kind`, `camp`, `date`,
    `number`, `x` and `y`; edges bear `predicate` (or have it as their key) and any of `label`,
    `modality`, `statements` and `passages`. What a node or edge lacks is left out.
    `language` is that of the labels. Raises `UnsupportedFormat` for another form.
    """
    if form == "graphml":
        return _graphml(network, language)
    if form == "gexf":
        return _gexf(network, language)
    if form == "csv":
        return write_archive(network_tables(network), language)
    raise UnsupportedFormat(form, list(NETWORK_FORMS))


def network_tables(network: nx.MultiDiGraph[str]) -> tuple[Table, Table]:
    """The tables of a network's nodes and of its edges, in the order of their IRIs."""
    nodes = [
        [node, *(told.get(column.name) for column in _NODES[1:])]
        for node in sorted(network)
        for told in (_node(network.nodes[node], node),)
    ]
    edges = [
        [s, o, *(told.get(column.name) for column in _EDGES[2:])] for s, o, told in _edges(network)
    ]
    return (
        Table("nodes", _NODES, nodes, key=("iri",), about="iri"),
        Table(
            "edges",
            _EDGES,
            edges,
            key=("source", "predicate", "target"),
            refers={"source": ("nodes", "iri"), "target": ("nodes", "iri")},
        ),
    )


def _node(data: Mapping[str, Any], iri: str) -> dict[str, Any]:
    told = {
        "label": str(data.get("label") or iri),
        "iri": iri,
        "class": data.get("class") or data.get("class_iri"),
        **{name: data.get(name) for name in ("kind", "camp", "date", "number")},
    }
    return {name: value for name, value in told.items() if value not in {None, ""}}


def _edges(network: nx.MultiDiGraph[str]) -> list[tuple[str, str, dict[str, Any]]]:
    found = []
    for s, o, key, data in network.edges(keys=True, data=True):
        predicate = data.get("predicate") or str(key)
        told: dict[str, Any] = {
            "predicate": predicate,
            "label": str(data.get("label") or predicate),
            "modality": data.get("modality") or None,
            "statements": [str(iri) for iri in data.get("statements") or ()],
            "passages": [str(iri) for iri in data.get("passages") or ()],
        }
        found.append((s, o, {name: value for name, value in told.items() if value}))
    return sorted(found, key=lambda edge: (edge[0], edge[2]["predicate"], edge[1]))


def _plain(network: nx.MultiDiGraph[str], *, places: bool) -> nx.MultiDiGraph[str]:
    """A copy with nothing in it but text that XML can hold, and numbers."""
    copy: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in sorted(network):
        told = {name: _text(value) for name, value in _node(network.nodes[node], node).items()}
        data = network.nodes[node]
        if data.get("x") is not None and data.get("y") is not None:
            x, y = float(data["x"]), float(data["y"])
            # What draws GEXF counts upwards, pages downwards.
            told |= (
                {"viz": {"position": {"x": x, "y": -y, "z": 0.0}}} if places else {"x": x, "y": y}
            )
        copy.add_node(_text(node), **told)
    for number, (s, o, data) in enumerate(_edges(network)):
        told = {name: _text(value) for name, value in data.items()}
        copy.add_edge(_text(s), _text(o), key=f"e{number}", **told)
    return copy


def _text(value: Any) -> Any:
    if isinstance(value, (int, float)):
        return value
    joined = " ".join(value) if isinstance(value, list) else str(value)
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", joined)


def _graphml(network: nx.MultiDiGraph[str], language: str) -> bytes:
    copy = _plain(network, places=False)
    copy.graph["language"] = _text(language)
    whole = io.BytesIO()
    # The XML library of Python, never lxml where that happens to be installed: the same bytes.
    nx.write_graphml_xml(copy, whole, named_key_ids=False)
    return whole.getvalue() + b"\n"


def _gexf(network: nx.MultiDiGraph[str], language: str) -> bytes:
    copy = _plain(network, places=True)
    copy.graph["name"] = f"Shuangma ({_text(language)})"
    for *_, key, data in copy.edges(keys=True, data=True):
        data["id"] = key
    lines = "\n".join(nx.generate_gexf(copy))
    dated = f"<?xml version='1.0' encoding='utf-8'?>\n{lines}\n"
    return _TODAY.sub("", dated, count=1).encode("utf-8", "xmlcharrefreplace")
