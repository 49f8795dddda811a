"""The vocabulary: a page made from the ontology itself, and the ontology as data."""

from __future__ import annotations

from functools import lru_cache

from flask import Blueprint, Response, json, render_template
from pyoxigraph import RdfFormat, Triple, parse
from rdflib import Graph

from graph.label import name_from
from graph.ontology_graph import ontology_quads
from graph.readable import readable_date
from graph.representation import Format, Kind, format_named, formats_of
from server.caching import by_edition
from server.class_picture import class_picture
from server.language import choose
from server.negotiation import negotiate, wants_page
from server.ontology_terms import Terms
from server.resource import link_to
from server.shape_words import shapes_in_words
from server.state import state

blueprint = Blueprint("ontology_page", __name__)


@blueprint.get("/ontology")
@by_edition
def ontology() -> Response:
    """The documentation page, or the ontology itself by Accept."""
    if not wants_page():
        return _linked(_data(_triples(state().vocabulary.base), negotiate(Kind.GRAPH)))
    vocabulary, language = state().vocabulary, choose()
    terms = Terms(vocabulary, _graph(vocabulary.base), language)
    individuals = [iri for iri in vocabulary.individuals if iri.startswith(vocabulary.namespace)]
    units = [iri for iri in vocabulary.individuals if iri not in set(individuals)]
    classes = {iri: terms.label(iri) for iri in vocabulary.classes}
    header = terms.header()
    html = render_template(
        "ontology/index.html",
        header=header,
        classes=terms.told(vocabulary.classes),
        properties=terms.told(vocabulary.properties),
        annotations=terms.told(terms.annotations()),
        individuals=terms.told(individuals),
        units=terms.told(units),
        shapes=shapes_in_words(vocabulary.shapes, language),
        prefixes=sorted(vocabulary.prefixes.items()),
        picture=class_picture(
            classes,
            {iri: vocabulary.direct_superclasses(iri) for iri in classes},
            [iri for iri in classes if iri.startswith(vocabulary.namespace)],
        ),
        anchor=terms.anchor,
        label=terms.label,
        alternates=_alternates(),
        canonical="/ontology",
        structured={
            "@context": "https://schema.org/",
            "@type": "DefinedTermSet",
            "@id": header["iri"],
            "name": header["title"],
            "description": header["description"],
            "version": header["version"],
            "license": header["license"],
        },
        name_from=name_from,
        day=lambda lexical: readable_date(lexical, language),
    )
    response = Response(html, mimetype="text/html")
    response.vary.add("Accept")
    return _linked(response)


@blueprint.get("/ontology.<suffix>")
@by_edition
def ontology_file(suffix: str) -> Response:
    """The ontology in the format of a suffix."""
    return _linked(_data(_triples(state().vocabulary.base), format_named(suffix, Kind.GRAPH)))


@blueprint.get("/ontology/shapes.ttl")
@by_edition
def shapes() -> Response:
    """The SHACL shapes."""
    return _data(_shape_triples(), format_named("turtle", Kind.GRAPH))


@blueprint.get("/ontology/shapes")
@by_edition
def shapes_document() -> Response:
    """The document that the shapes' IRIs are parts of: their section of the page, or RDF."""
    if not wants_page():
        return _data(_shape_triples(), negotiate(Kind.GRAPH))
    html = render_template(
        "ontology/shapes.html",
        shapes=shapes_in_words(state().vocabulary.shapes, choose()),
        **_names(),
    )
    response = Response(html, mimetype="text/html")
    response.vary.add("Accept")
    return response


@blueprint.get("/ontology/context.jsonld")
@by_edition
def context() -> Response:
    """The JSON-LD context."""
    body = json.dumps({"@context": dict(state().vocabulary.context)}, ensure_ascii=False)
    return Response(body, content_type="application/ld+json")


def _shape_triples() -> tuple[Triple, ...]:
    lines = state().vocabulary.shapes.serialize(format="nt").encode()
    quads = parse(lines, format=RdfFormat.N_TRIPLES)
    return tuple(Triple(q.subject, q.predicate, q.object) for q in quads)


def _names() -> dict[str, object]:
    vocabulary = state().vocabulary
    terms = Terms(vocabulary, _graph(vocabulary.base), choose())
    return {"anchor": terms.anchor, "label": terms.label}


@lru_cache(maxsize=4)
def _triples(_base: str) -> tuple[Triple, ...]:
    """The ontology as it stands in the dataset, so that each IRI there is told of here."""
    return tuple(quad.triple for quad in ontology_quads(state().vocabulary))


@lru_cache(maxsize=4)
def _graph(base: str) -> Graph:
    lines = "\n".join(f"{triple} ." for triple in _triples(base))
    return Graph().parse(data=lines, format="nt")


def _data(triples: tuple[Triple, ...], form: Format) -> Response:
    body = state().writer.write_triples(triples, form)
    response = Response(body, content_type=form.content_type)
    response.vary.add("Accept")
    return response


def _alternates() -> list[dict[str, str]]:
    return [
        {"name": form.label, "url": f"/ontology.{form.suffix}", "media_type": form.media_type}
        for form in formats_of(Kind.GRAPH)
    ]


def _linked(response: Response) -> Response:
    page = {"name": "", "url": "/ontology", "media_type": "text/html"}
    return link_to(response, [page, *_alternates()], "/ontology")
