"""Statements about triples, however many graphs they stand in: `rdf:Statement` read and rewritten.

Knows the reification vocabulary of RDF 1.1 (RDF Schema 1.1, 5.3) and the reifiers of RDF 1.2
(RDF 1.2 Concepts, 1.5). Reads a database piece by piece: memory stays flat whatever its size.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from pyoxigraph import Store as Database

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SUBJECT = NamedNode(f"{RDF}subject")
PREDICATE = NamedNode(f"{RDF}predicate")
OBJECT = NamedNode(f"{RDF}object")
TYPE = NamedNode(f"{RDF}type")
STATEMENT = NamedNode(f"{RDF}Statement")
REIFIES = NamedNode(f"{RDF}reifies")

Subject = NamedNode | BlankNode
_PARTS = (SUBJECT, PREDICATE, OBJECT)


def fact_of(database: Database, statement: Subject) -> Triple | None:
    """The one triple that a statement is about; None when it is not about exactly one."""
    found = []
    for part in _PARTS:
        values = {q.object for q in database.quads_for_pattern(statement, part, None, None)}
        if len(values) != 1:
            return None
        found.append(values.pop())
    subject, predicate, object_ = found
    if isinstance(subject, Literal | Triple) or not isinstance(predicate, NamedNode):
        return None
    return Triple(subject, predicate, object_)


def statements_in(database: Database) -> Iterator[tuple[Subject, Triple]]:
    """Each statement that is about one triple, with it; each once."""
    for quad in database.quads_for_pattern(None, SUBJECT, None, None):
        statement = quad.subject
        assert not isinstance(statement, Triple)
        again = database.quads_for_pattern(statement, SUBJECT, None, None)
        if next(iter(again)) != quad:
            continue  # it stands in another graph too
        fact = fact_of(database, statement)
        if fact is not None:
            yield statement, fact


def with_reifiers(database: Database) -> Iterator[Triple]:
    """All triples as RDF 1.2 has them: `statement rdf:reifies <<( s p o )>>`.

    A triple that stands in several graphs may come several times.
    """
    for quad in database.quads_for_pattern(None, None, None, None):
        if is_part(quad):
            statement = quad.subject
            assert not isinstance(statement, Triple)
            fact = fact_of(database, statement)
            if fact is not None:
                if quad.predicate == SUBJECT:
                    yield Triple(statement, REIFIES, fact)
                continue
        yield quad.triple


def is_part(quad: Quad) -> bool:
    """Whether a quad says no more than that its subject is a statement, and about what."""
    return quad.predicate in _PARTS or (quad.predicate == TYPE and quad.object == STATEMENT)
