"""Which statements a row of an answer rests on, as far as its terms tell.

A row knows nothing of where it came from. A statement belongs to it the more of its parts the
row shows: the statement itself, its passage or the passage's words, its subject and object.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyoxigraph import Literal, NamedNode

from graph.engine import Engine, Term
from graph.evidence import JSON, Evidence

TERM_LIMIT = 100
STATEMENT_LIMIT = 20
_CANDIDATES = """
PREFIX sm: <%s>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX oa: <http://www.w3.org/ns/oa#>
SELECT DISTINCT ?statement ?how ?object WHERE {
  { VALUES ?statement { %s } ?statement rdf:subject ?any BIND("itself" AS ?how) }
  UNION
  { VALUES ?passage { %s } ?statement sm:passage|sm:translatedPassage ?passage
    BIND("passage" AS ?how) }
  UNION
  { VALUES ?words { %s } ?selector oa:exact ?words . ?passage oa:hasSelector ?selector .
    ?statement sm:passage|sm:translatedPassage ?passage BIND("words" AS ?how) }
  UNION
  { VALUES ?subject { %s } ?statement rdf:subject ?subject ; rdf:object ?object
    BIND("subject" AS ?how) }
}
LIMIT 5000
"""
_WEIGHTS = {"itself": 16, "passage": 8, "words": 8, "subject": 1}
_OBJECT_WEIGHT = 4


def evidence_of_row(
    engine: Engine, namespace: str, language: str, terms: Sequence[Term]
) -> tuple[list[JSON], int]:
    """The statements that match a row best, in full, and how many match as well.

    Our own terms lie in `namespace`. Without statements in the data the list is empty.
    """
    shown = set(terms)
    iris = " ".join(str(term) for term in shown if isinstance(term, NamedNode))
    words = " ".join(str(term) for term in shown if isinstance(term, Literal))
    query = _CANDIDATES % (namespace, iris, iris, words, iris)
    weights: dict[str, dict[str, int]] = {}
    for row in engine.select(query):
        how = row["how"].value
        reasons = weights.setdefault(row["statement"].value, {})
        reasons[how] = _WEIGHTS[how]
        if row.get("object") in shown:
            reasons["object"] = _OBJECT_WEIGHT
    scores = {iri: sum(reasons.values()) for iri, reasons in weights.items()}
    best = max(scores.values(), default=0)
    chosen = sorted(iri for iri, score in scores.items() if score == best)
    evidence = Evidence(engine, namespace, language)
    statements = evidence.statements(chosen[:STATEMENT_LIMIT])
    evidence.label(statements, evidence.labels())
    return [statements[iri] for iri in chosen[:STATEMENT_LIMIT]], len(chosen)
