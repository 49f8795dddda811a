"""What texts say: passages that are quoted, statements in words, descriptions; and their words.

A text is found by the words in it, Chinese by pairs of characters, and shown with what was
asked for marked.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from pyoxigraph import Literal, NamedNode
from pyoxigraph import Store as Database

from graph.index.folding import fold, is_wide, words
from graph.index.gathering import Gathering
from graph.index.grams import END
from graph.index.schema import OA, Terms

_PASSAGE, _STATEMENT = 0, 1
_PLACE = re.compile(r"#char=(\d+)")
_LONGEST_WORD = 40
_TOKENS = 32

Node = NamedNode


def gather_texts(database: Database, gathering: Gathering, terms: Terms) -> None:
    """Add each quoted passage with a statement that rests on it, and paraphrases that say else."""
    in_words = f"{terms.namespace}paraphrase"
    article = f"{terms.namespace}article"
    citing = tuple(f"{terms.namespace}{p}" for p in ("passage", "translatedPassage"))

    for quad in database.quads_for_pattern(None, NamedNode(f"{OA}exact"), None):
        if not isinstance(quad.object, Literal) or not isinstance(quad.subject, NamedNode):
            continue
        passage = _one(database, None, f"{OA}hasSelector", quad.subject)
        if passage is None:
            continue
        statement = next(
            (s for p in citing if (s := _one(database, None, p, passage)) is not None), None
        )
        source = _one(database, passage, f"{OA}hasSource", None)
        about = _one(database, statement, article, None) if statement is not None else source
        place = _PLACE.search(passage.value)
        gathering.text(
            _PASSAGE,
            gathering.articles[about.value] if about is not None else None,
            quad.object.language or "",
            int(place[1]) if place else 0,
            quad.object.value,
            statement.value if statement is not None else None,
            passage.value,
        )
    gathering.flush()  # a paraphrase that is the passage's words is not said again
    for quad in database.quads_for_pattern(None, NamedNode(in_words), None):
        if not isinstance(quad.object, Literal) or not isinstance(quad.subject, NamedNode):
            continue
        about = _one(database, quad.subject, article, None)
        gathering.text(
            _STATEMENT,
            gathering.articles[about.value] if about is not None else None,
            quad.object.language or "",
            0,
            quad.object.value,
            quad.subject.value,
            quad.subject.value,
        )
    gathering.flush()


def _one(
    database: Database, subject: Node | None, predicate: str, object_: Node | None
) -> NamedNode | None:
    """The IRI at the open end of a pattern, the first one that there is."""
    for quad in database.quads_for_pattern(subject, NamedNode(predicate), object_):
        found = quad.object if subject is not None else quad.subject
        if isinstance(found, NamedNode):
            return found
    return None


def tokens_of(text: str) -> list[str]:
    """The tokens of a text: words, and pairs of Chinese characters; the last has an end mark."""
    found: dict[str, None] = {}
    for word in (*words(text), *words(text, humps=False)):
        found.update(dict.fromkeys(_tokens(word, closed=True)))
    return list(found)


def _tokens(word: str, *, closed: bool) -> Iterator[str]:
    run = ""
    for sign in word + " ":
        if run and (sign == " " or is_wide(sign) != is_wide(run[-1])):
            if is_wide(run[0]):
                signs = run + END if closed else run
                yield from (signs[at : at + 2] for at in range(max(1, len(signs) - 1)))
            else:
                yield run[:_LONGEST_WORD]
            run = ""
        run += sign


def expression(text: str) -> str:
    """What asks the table of words for texts with all words of a query, as far as typed.

    Empty for a query without words.
    """
    tokens: dict[str, None] = {}
    for word in words(text, humps=False):
        tokens.update(dict.fromkeys(_tokens(word, closed=False)))
    return " AND ".join(
        f'"{token}"' if len(token) > 1 and is_wide(token[0]) else f'"{token}"*'
        for token in list(tokens)[:_TOKENS]
    )


@lru_cache(maxsize=65536)
def _folded(sign: str) -> str:
    return fold(sign) if not unicodedata.combining(sign) else ""


def marks(text: str, query: str) -> list[tuple[int, int]] | None:
    """Where a text says the words of a query, in code points; None when it lacks one of them.

    >>> marks("騰訊的QQ", "腾讯 qq")
    [(0, 2), (3, 5)]
    """
    folded: list[str] = []
    places: list[int] = []
    begins: set[int] = set()
    parted = True
    for at, sign in enumerate(text):
        plain = _folded(sign) if sign.isalnum() or unicodedata.category(sign)[0] == "S" else ""
        if plain and parted:
            begins.add(len(places))
        parted = not plain and not unicodedata.combining(sign)
        folded.append(plain)
        places.extend([at] * len(plain))
    whole = "".join(folded)
    found: list[tuple[int, int]] = []
    for word in words(query, humps=False):
        wide = is_wide(word[0])
        at, met = whole.find(word), False
        while at >= 0:
            if wide or at in begins or is_wide(whole[at - 1]) or text[places[at]].isupper():
                found.append((places[at], places[at + len(word) - 1] + 1))
                met = True
            at = whole.find(word, at + 1)
        if not met:
            return None
    return _merged(found)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def write_texts(connection: sqlite3.Connection) -> None:
    """Fill the tables of texts from the stage: passages in the order of their articles first."""
    reading = connection.execute(
        "SELECT article, language, body, statement, place FROM stage.text "
        "ORDER BY kind, article, language, start, body"
    )
    number = 0
    while rows := reading.fetchmany(2000):
        numbered = list(enumerate(rows, number + 1))
        number += len(rows)
        connection.executemany(
            "INSERT INTO text VALUES (?,?,?,?,?,?)", ((n, *row) for n, row in numbered)
        )
        connection.executemany(
            "INSERT INTO word(rowid, words) VALUES (?,?)",
            ((n, " ".join(tokens_of(row[2]))) for n, row in numbered),
        )
