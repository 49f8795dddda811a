"""SHACL shapes in words: what each demands of what, as a page tells it.

Reads the constraints that ours use (SHACL, section 4); another constraint is told by its name.
"""

from __future__ import annotations

from typing import Any

from rdflib import RDF, RDFS, SH, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from graph.label import name_from, nearest
from server.language import message

JSON = dict[str, Any]

_COUNTS = {
    (1, 1): "one",
    (1, None): "some",
    (None, 1): "most_one",
    (0, 1): "most_one",
    (None, None): "any",
}
_TOLD_OTHERWISE = {
    *(SH.path, SH.minCount, SH.maxCount, SH.message, SH["name"], SH.description),
    *(RDF.type, RDFS.label, RDFS.comment),
}


def shapes_in_words(shapes: Graph, language: str) -> list[JSON]:
    """Each node shape: its label, what it is for, and its demands."""
    found = [
        _shape(shapes, node, language)
        for node in sorted(shapes.subjects(RDF.type, SH.NodeShape), key=str)
        if isinstance(node, URIRef)
    ]
    return sorted(found, key=lambda shape: str(shape["label"]))


def _shape(shapes: Graph, node: URIRef, language: str) -> JSON:
    targets = [
        {"iri": str(target), "how": name_from(str(how))}
        for how in (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
        for target in sorted(shapes.objects(node, how), key=str)
    ]
    return {
        "iri": str(node),
        "id": f"shape-{name_from(str(node))}",
        "label": nearest(_texts(shapes, node, RDFS.label), language) or name_from(str(node)),
        "targets": targets,
        "demands": _demands(shapes, node, language),
        "choices": [
            {
                "kind": name_from(str(kind)),
                "ways": [
                    _demands(shapes, way, language)
                    for head in shapes.objects(node, kind)
                    for way in Collection(shapes, head)
                ],
            }
            for kind in (SH["or"], SH.xone, SH["and"])
            if (node, kind, None) in shapes
        ],
    }


def _demands(shapes: Graph, node: Node, language: str) -> list[JSON]:
    found = [_demand(shapes, each, language) for each in shapes.objects(node, SH.property)]
    return sorted(found, key=lambda demand: [step["iri"] for step in demand["path"]])


def _demand(shapes: Graph, node: Node, language: str) -> JSON:
    path = shapes.value(node, SH.path)
    steps = list(Collection(shapes, path)) if isinstance(path, BNode) else [path]
    counts = (_number(shapes, node, SH.minCount), _number(shapes, node, SH.maxCount))
    key = _COUNTS.get(counts)
    how_many = (
        message(f"shape.count.{key}", language)
        if key
        else message("shape.count.from_to", language).format(low=counts[0] or 0, high=counts[1])
    )
    return {
        "path": [{"iri": str(step)} for step in steps],
        "count": how_many,
        "values": [
            _value(shapes, constraint, value, language)
            for constraint, value in sorted(shapes.predicate_objects(node), key=str)
            if constraint not in _TOLD_OTHERWISE
        ],
        "message": nearest(_texts(shapes, node, SH.message), language),
    }


def _value(shapes: Graph, constraint: Node, value: Node, language: str) -> JSON:
    """One demand on the values: words, and the term that they speak of."""
    name = name_from(str(constraint))
    words = message(f"shape.value.{name}", language)
    if words.startswith("shape.value."):
        words = f"{name}: {{value}}"
    if isinstance(value, BNode):  # a list, or a shape of its own
        shown = ", ".join(name_from(str(each)) for each in Collection(shapes, value))
        return {"words": words, "value": {"text": shown}}
    if isinstance(value, URIRef):
        return {"words": words, "value": {"iri": str(value)}}
    return {"words": words, "value": {"text": str(value)}}


def _number(shapes: Graph, node: Node, constraint: URIRef) -> int | None:
    value = shapes.value(node, constraint)
    return int(value) if isinstance(value, Literal) else None


def _texts(shapes: Graph, node: Node, predicate: URIRef) -> dict[str, str]:
    return {
        value.language or "": str(value)
        for value in shapes.objects(node, predicate)
        if isinstance(value, Literal)
    }
