"""What is asked of an engine about links: patterns that bind ?n to the neighbours of $this."""

from __future__ import annotations

from collections.abc import Collection

from graph.network.link import MACHINERY, RECORDS, Direction

Pattern = tuple[str, Direction]

# Whether ?n is an IRI is asked last: it alone needs the term's text.
PLAIN: tuple[tuple[str, Direction], ...] = (
    ("$this ?p ?n . FILTER(?p != rdf:type && ?n != $this && isIRI(?n))", "out"),
    ("?n ?p $this . FILTER(?p != rdf:type && ?n != $this && isIRI(?n))", "in"),
)
SAID: tuple[tuple[str, Direction], ...] = (
    (
        """?statement rdf:subject $this ; a sm:Statement ; sm:modality ?modality ;
      rdf:predicate ?p ; rdf:object ?n .
    FILTER(isIRI(?n) && ?n != $this)
    FILTER NOT EXISTS { ?n a schema:Observation }
    FILTER NOT EXISTS { ?n rdfs:isDefinedBy ?ontology }""",
        "out",
    ),
    (
        """?statement rdf:object $this ; a sm:Statement ; sm:modality ?modality ;
      rdf:predicate ?p ; rdf:subject ?n .
    FILTER(isIRI(?n) && ?n != $this)
    FILTER NOT EXISTS { ?n a schema:Observation }""",
        "in",
    ),
)
# In a dataset with statements: what somebody else says of a thing that no statement is about.
_BESIDE = f"""%s .
    FILTER(isIRI(?n) && ?n != $this && ?p NOT IN {MACHINERY})
    FILTER NOT EXISTS {{ ?n a ?kind FILTER(?kind IN {RECORDS}) }}
    FILTER NOT EXISTS {{ ?n rdfs:isDefinedBy ?ontology }}"""
_NOT_CITED = """
    FILTER NOT EXISTS { ?st rdf:subject ?n ; sm:modality ?m }
    FILTER NOT EXISTS { ?st rdf:object ?n ; sm:modality ?m }"""
ROWS = "SELECT ?p ?n WHERE {{ {pattern} }} LIMIT {limit}"
COUNTS = """
SELECT ?p (STR(COUNT(DISTINCT ?n)) AS ?count) WHERE {{
  {{ SELECT ?p ?n WHERE {{ {pattern} }} LIMIT {limit} }}
}}
GROUP BY ?p
"""
TOTAL = """
SELECT (COUNT(DISTINCT ?n) AS ?count) WHERE {{
  {{ SELECT ?n WHERE {{ {pattern} }} LIMIT {limit} }}
}}
"""
OF = """
SELECT DISTINCT ?n WHERE {{
  {{ SELECT ?n WHERE {{ {pattern} }} }}
  VALUES ?n {{ {things} }}
}}
"""
STANDING = """
SELECT ?role WHERE {
  { SELECT (rdf:subject AS ?role) WHERE { ?st rdf:subject $this ; sm:modality ?m } LIMIT 1 }
  UNION
  { SELECT (rdf:subject AS ?role) WHERE { ?st rdf:object $this ; sm:modality ?m } LIMIT 1 }
  UNION
  { SELECT (?kind AS ?role) WHERE { $this a ?kind FILTER(?kind IN %s) } LIMIT 1 }
  UNION
  { SELECT (rdfs:isDefinedBy AS ?role) WHERE { $this rdfs:isDefinedBy ?ontology } LIMIT 1 }
}
"""
# The subselect keeps the engine from looking for each pair: it reads what is linked to ?s and
# looks it up among the ?o.
BETWEEN = """
SELECT ?s ?p ?o WHERE {{
  {{ SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ {subjects} }} ?s ?p ?o }} LIMIT {limit} }}
  VALUES ?o {{ {objects} }}
}}
"""

_CITED = "http://www.w3.org/1999/02/22-rdf-syntax-ns#subject"


def for_iris(pattern: str) -> str:
    """A pattern where all that ?n can be is known to be IRIs: it need not ask whether it is."""
    return pattern.replace(" && isIRI(?n)", "").replace("isIRI(?n) && ", "")


def patterns_of(roles: Collection[str]) -> list[Pattern]:
    """The patterns for a thing in a dataset with statements; `roles` as `STANDING` gives them."""
    cited = _CITED in roles
    if set(roles) - {_CITED}:  # it is a record itself
        return []
    other = _NOT_CITED if cited else ""
    beside: list[Pattern] = [
        (_BESIDE % "$this ?p ?n" + other, "out"),
        (_BESIDE % "?n ?p $this" + other, "in"),
    ]
    return [*SAID, *beside] if cited else beside


def step_queries(*, stated: bool) -> list[str]:
    """Queries for pairs of ?a, one of the VALUES that fill the first place, and a neighbour ?b."""
    if not stated:
        kept = "FILTER(?p != rdf:type && isIRI(?b))"
        return [_STEP % ("?a ?p ?b .", kept), _STEP % ("?b ?p ?a .", kept)]
    aside = (
        f"FILTER(?p NOT IN {MACHINERY} && isIRI(?b)) "
        f"FILTER NOT EXISTS {{{{ ?b a ?kind FILTER(?kind IN {RECORDS}) }}}} "
        "FILTER NOT EXISTS {{ ?b rdfs:isDefinedBy ?ontology }} "
        "FILTER(NOT EXISTS {{ ?st rdf:subject|rdf:object ?a ; sm:modality ?m }} || "
        "NOT EXISTS {{ ?st rdf:subject|rdf:object ?b ; sm:modality ?m }})"
    )
    said = (
        "?st a sm:Statement ; sm:modality ?m . FILTER(isIRI(?b)) "
        "FILTER NOT EXISTS {{ ?b a schema:Observation }} "
        "FILTER NOT EXISTS {{ ?b rdfs:isDefinedBy ?ontology }}"
    )
    return [
        _STEP % ("?st rdf:subject ?a ; rdf:object ?b .", said),
        _STEP % ("?st rdf:object ?a ; rdf:subject ?b .", said),
        _STEP % ("?a ?p ?b .", aside),
        _STEP % ("?b ?p ?a .", aside),
    ]


_STEP = "SELECT ?a ?b WHERE {{ VALUES ?a {{ {things} }} %s %s }} LIMIT {limit}"
