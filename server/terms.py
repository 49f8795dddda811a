"""What the query page asks while a query is written and its answer read, as JSON."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response
from pyoxigraph import Literal as RdfLiteral
from pyoxigraph import NamedNode

from graph import terms
from graph.engine import Term
from graph.errors import InvalidQuery
from graph.label import labels_of, name_from
from graph.row_evidence import evidence_of_row
from server.caching import by_edition
from server.language import choose
from server.openapi import asked, documented, sent
from server.paths import json_response, path_of, with_paths
from server.query_model import (
    EvidenceAnswer,
    EvidenceBody,
    LabelsAnswer,
    LabelsBody,
    RowTerm,
    TermsAnswer,
    TermsQuery,
)
from server.state import state

blueprint = Blueprint("terms", __name__)

_KINDS = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?thing (MIN(?class) AS ?kind) WHERE {
  VALUES ?thing { %s } ?thing a ?class FILTER(ISIRI(?class))
  FILTER NOT EXISTS { ?thing a ?below . ?below rdfs:subClassOf ?class FILTER(?below != ?class) }
} GROUP BY ?thing
"""


@blueprint.get("/api/terms")
@documented(
    summary="Classes and predicates that the data use, with their names and counts",
    description="Of one class its instances' predicates, of one predicate its usual objects.",
    query=TermsQuery,
    answer=TermsAnswer,
)
@by_edition
def used_terms() -> Response:
    """Classes and predicates in use; the predicates of one class, the objects of one predicate."""
    wanted = asked(TermsQuery)
    here, language = state(), choose()
    prefixes = here.vocabulary.prefixes
    if wanted.class_ is not None:
        found = terms.terms_of_class(here.engine, _iri(wanted.class_), prefixes, language)
    elif wanted.predicate is not None:
        found = terms.objects_of(here.engine, _iri(wanted.predicate), prefixes, language)
    else:
        # Counting everything takes long on much data: as a query does, never before the pages.
        is_current = here.engine.edition == here.backend.edition()
        engine = here.backend.strangers() if is_current else here.engine
        found = terms.terms_in_use(engine, prefixes, language)
    return json_response(
        {
            "edition": here.engine.edition,
            "language": language,
            "prefixes": found.prefixes,
            "classes": [_told(term, language) for term in found.classes],
            "predicates": [_told(term, language) for term in found.predicates],
            "objects": [_told(term, language) for term in found.objects],
            "sampled": found.sampled,
        }
    )


def _told(term: terms.Term, language: str) -> dict[str, object]:
    return {
        "iri": term.iri,
        "name": term.name,
        "count": term.count,
        "label": term.labels[language],
        "labels": dict(term.labels),
        "synonyms": list(term.synonyms),
        "definition": term.definition,
    }


@blueprint.post("/api/labels")
@documented(
    summary="What things are called, and where they are told about",
    body=LabelsBody,
    answer=LabelsAnswer,
)
def labels() -> Response:
    """What things are called, what kind they are of, and where they are told about."""
    here, language = state(), choose()
    iris = [iri for iri in dict.fromkeys(sent(LabelsBody).iris) if _is_iri(iri)]
    names = labels_of(here.engine, iris, language)
    kinds = _kinds_of(iris)
    return json_response(
        {
            "edition": here.engine.edition,
            "labels": {
                iri: {"label": names[iri], "path": path_of(iri), "kind": kinds.get(iri)}
                for iri in iris
            },
        }
    )


def _kinds_of(iris: Iterable[str]) -> dict[str, str]:
    values = " ".join(str(NamedNode(iri)) for iri in iris)
    rows = state().engine.select(_KINDS % values) if values else []
    return {row["thing"].value: name_from(row["kind"].value) for row in rows if "kind" in row}


@blueprint.post("/api/evidence")
@documented(
    summary="The statements and passages that a row of an answer rests on",
    body=EvidenceBody,
    answer=EvidenceAnswer,
)
def evidence() -> Response:
    """The statements that a row of an answer rests on, with their passages."""
    here, language = state(), choose()
    row = [term for each in sent(EvidenceBody).terms for term in _term(each)]
    statements, total = evidence_of_row(here.engine, here.vocabulary.namespace, language, row)
    for statement in statements:
        for passage in statement["passages"]:
            place = f"#char={passage['start']},{passage['end']}"
            passage["path"] = path_of(passage["source"]) + place
    return json_response(
        {"edition": here.engine.edition, "statements": with_paths(statements), "total": total}
    )


def _term(told: RowTerm) -> list[Term]:
    """The term that a row shows; nothing for what no statement can speak of."""
    try:
        if told.type in {"bnode", "triple"} or not isinstance(told.value, str):
            return []
        if told.type == "uri":
            return [NamedNode(told.value)]
        if told.language:
            return [RdfLiteral(told.value, language=told.language)]
        datatype = NamedNode(told.datatype) if told.datatype else None
        return [RdfLiteral(told.value, datatype=datatype)]
    except ValueError as error:
        raise InvalidQuery(f"A term of the row is none: {error}.") from error


def _iri(text: str) -> NamedNode:
    try:
        return NamedNode(text)
    except ValueError as error:
        raise InvalidQuery(f"“{text}” is no absolute IRI.") from error


def _is_iri(text: str) -> bool:
    try:
        return bool(NamedNode(text))
    except ValueError:
        return False
