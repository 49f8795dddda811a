"""Finds things where there is no index: by one bounded SPARQL query over names.

Knows less than an index: neither pinyin nor slips, and no order but how well a name is met.
"""

from __future__ import annotations

from collections import defaultdict

from pyoxigraph import Literal, NamedNode

from graph.engine import Engine
from graph.index.folding import fold
from graph.index.schema import NAME_PREDICATES, OA, OBSERVATION, RDFS, Terms
from graph.index.texts import marks
from graph.index.thing_index import Found, FoundPassage, FoundPassages, FoundThing, Name, nearness
from graph.script import simplified, traditional

_LIMIT = 300
_SHORTEST = 2

_NAMED = """
SELECT DISTINCT ?thing WHERE {
  VALUES ?predicate { %s }
  ?thing ?predicate ?name .
  FILTER(isIRI(?thing) && isLiteral(?name))
  FILTER(CONTAINS(LCASE(STR(?name)), $given) || CONTAINS(LCASE(STR(?name)), $traditional)
    || CONTAINS(LCASE(STR(?name)), $simplified))
} LIMIT %d
"""

_NAMES = """
SELECT DISTINCT ?thing ?predicate ?name ?class WHERE {
  VALUES ?thing { %s }
  { VALUES ?predicate { %s } ?thing ?predicate ?name FILTER(isLiteral(?name)) }
  UNION {
    ?thing a ?class FILTER(isIRI(?class))
    FILTER NOT EXISTS {
      ?thing a ?narrower . ?narrower <%ssubClassOf> ?class FILTER(?narrower != ?class)
    }
  }
}
"""

_QUOTED = """
PREFIX oa: <%s> PREFIX sm: <%s>
SELECT ?passage (SAMPLE(?text) AS ?words) (SAMPLE(?s) AS ?statement) (SAMPLE(?a) AS ?article)
WHERE {
  ?selector oa:exact ?text . ?passage oa:hasSelector ?selector .
  FILTER(isIRI(?passage))
  FILTER(CONTAINS(LCASE(STR(?text)), $given) || CONTAINS(LCASE(STR(?text)), $traditional)
    || CONTAINS(LCASE(STR(?text)), $simplified))
  OPTIONAL { ?s (sm:passage|sm:translatedPassage) ?passage ; sm:article ?a }
} GROUP BY ?passage ORDER BY ?passage LIMIT %d
"""


def search_by_asking(
    engine: Engine,
    terms: Terms,
    text: str,
    *,
    limit: int,
    offset: int = 0,
    class_iri: str | None = None,
    figures: bool = False,
) -> Found:
    """Things of which a name has the text in it; of no more than 300, and of these the best."""
    needle = fold(text)
    if len(needle) < _SHORTEST and needle.isascii():
        return Found([], 0)  # most names have any one letter
    predicates = " ".join(f"<{iri}>" for iri in NAME_PREDICATES)
    rows = engine.select(_NAMED % (predicates, _LIMIT + 1), **_spellings(text))
    iris = [row["thing"].value for row in rows][:_LIMIT]
    if not iris:
        return Found([], 0)
    things = " ".join(str(NamedNode(iri)) for iri in iris)
    names: dict[str, list[Name]] = defaultdict(list)
    classes: dict[str, set[str]] = defaultdict(set)
    for row in engine.select(_NAMES % (things, predicates, RDFS)):
        iri = row["thing"].value
        if "class" in row:
            classes[iri].add(row["class"].value)
            continue
        name = row["name"]
        assert isinstance(name, Literal)
        rank = NAME_PREDICATES[row["predicate"].value]
        names[iri].append(Name(name.value, name.language or "", rank))
    found = []
    for iri in iris:
        kinds = classes[iri]
        if any(kind in terms.machinery or kind.startswith(OA) for kind in kinds):
            continue
        if OBSERVATION in kinds and not figures:
            continue
        kind = min(kinds, default=None)
        if class_iri is None or class_iri in kinds:
            found.append(_found(iri, class_iri or kind, names[iri], needle))
    found.sort(key=lambda pair: (pair[0], len(pair[1].matched[0].text), pair[1].iri))
    counts: dict[str, int] = defaultdict(int)
    for _, thing in found:
        if thing.class_iri:
            counts[thing.class_iri] += 1
    shown = [thing for _, thing in found[offset : offset + limit]]
    return Found(shown, len(found), len(rows) > _LIMIT, dict(counts))


def _found(iri: str, kind: str | None, names: list[Name], needle: str) -> tuple[int, FoundThing]:
    met = [nearness(fold(name.text), needle) for name in names]
    best = tuple(name for name, rank in zip(names, met, strict=True) if rank == min(met))
    return min(met), FoundThing(iri, kind, None, None, tuple(names), best)


def passages_by_asking(
    engine: Engine, terms: Terms, text: str, *, limit: int, offset: int = 0
) -> FoundPassages:
    """Quoted passages that have the text in them, of no more than 300."""
    if len(fold(text)) < _SHORTEST:
        return FoundPassages([], 0)
    rows = engine.select(_QUOTED % (OA, terms.namespace, _LIMIT + 1), **_spellings(text))
    found = []
    for row in rows[:_LIMIT]:
        words = row.get("words")
        if isinstance(words, Literal) and (spans := marks(words.value, text)):
            article, statement = row.get("article"), row.get("statement")
            found.append(
                FoundPassage(
                    words.value,
                    words.language or "",
                    spans,
                    article.value if article else None,
                    statement.value if statement else None,
                    row["passage"].value,
                )
            )
    return FoundPassages(found[offset : offset + limit], len(found), len(rows) > _LIMIT)


def _spellings(text: str) -> dict[str, Literal]:
    given = text.strip().lower()
    return {
        "given": Literal(given),
        "traditional": Literal(traditional(given)),
        "simplified": Literal(simplified(given)),
    }
