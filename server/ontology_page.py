"""The vocabulary: a page made from the ontology itself, and the ontology as data."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, json, render_template
from pyoxigraph import RdfFormat, Triple, parse
from rdflib import RDF, RDFS, SKOS, Graph, Literal, URIRef

from graph.label import name_from, nearest
from graph.representation import Format, Kind, format_named
from server.caching import by_edition
from server.language import choose
from server.negotiation import negotiate, wants_page
from server.state import state

blueprint = Blueprint("ontology_page", __name__)


@blueprint.get("/ontology")
@by_edition
def ontology() -> Response:
    """The documentation page, or the ontology itself by Accept."""
    if not wants_page():
        return _data(state().vocabulary.ontology, negotiate(Kind.GRAPH))
    vocabulary, language = state().vocabulary, choose()
    individuals = [
        _term(iri, language)
        for iri in vocabulary.individuals
        if iri.startswith(vocabulary.namespace)
    ]
    html = render_template(
        "ontology/index.html",
        classes=[_term(iri, language) for iri in _ours_first(vocabulary.classes)],
        properties=[_term(iri, language) for iri in _ours_first(vocabulary.properties)],
        individuals=individuals,
    )
    response = Response(html, mimetype="text/html")
    response.vary.add("Accept")
    return response


@blueprint.get("/ontology.<suffix>")
@by_edition
def ontology_file(suffix: str) -> Response:
    """The ontology in the format of a suffix."""
    return _data(state().vocabulary.ontology, format_named(suffix, Kind.GRAPH))


@blueprint.get("/ontology/shapes.ttl")
@by_edition
def shapes() -> Response:
    """The SHACL shapes."""
    return _data(state().vocabulary.shapes, format_named("turtle", Kind.GRAPH))


@blueprint.get("/ontology/context.jsonld")
@by_edition
def context() -> Response:
    """The JSON-LD context."""
    body = json.dumps({"@context": dict(state().vocabulary.context)}, ensure_ascii=False)
    return Response(body, content_type="application/ld+json")


def _data(graph: Graph, form: Format) -> Response:
    lines = graph.serialize(format="nt").encode()
    triples = [
        Triple(q.subject, q.predicate, q.object) for q in parse(lines, format=RdfFormat.N_TRIPLES)
    ]
    body = state().writer.write_triples(triples, form)
    response = Response(body, content_type=form.content_type)
    response.vary.add("Accept")
    return response


def _ours_first(iris: Any) -> list[str]:
    namespace = state().vocabulary.namespace
    return sorted(iris, key=lambda iri: (not iri.startswith(namespace), iri))


def _term(iri: str, language: str) -> dict[str, Any]:
    vocabulary = state().vocabulary
    graph, node = vocabulary.ontology, URIRef(iri)
    prop = vocabulary.properties.get(iri)

    def texts(predicate: URIRef) -> dict[str, str]:
        return {
            value.language or "": str(value)
            for value in graph.objects(node, predicate)
            if isinstance(value, Literal)
        }

    def link(other: str) -> dict[str, str]:
        return {"iri": other, "label": vocabulary.label(other, language) or name_from(other)}

    labels = texts(RDFS.label)
    above = (prop.superproperties if prop else vocabulary.direct_superclasses(iri)) or [
        str(o) for o in graph.objects(node, RDF.type) if iri in vocabulary.individuals
    ]
    return {
        "iri": iri,
        "name": vocabulary.short(iri) if vocabulary.short(iri) != iri else name_from(iri),
        "label": nearest(labels, language) or name_from(iri),
        "labels": dict(sorted(labels.items())),
        "definition": nearest(texts(SKOS.definition), language),
        "domain": [link(other) for other in sorted(prop.domain)] if prop else [],
        "range": [link(other) for other in sorted(prop.range)] if prop else [],
        "example": nearest(texts(SKOS.example), language),
        "superterms": [link(other) for other in above],
        "citable": bool(prop and prop.citable),
        "id": iri.removeprefix(vocabulary.namespace)
        if iri.startswith(vocabulary.namespace)
        else name_from(iri),
    }
