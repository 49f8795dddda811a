"""Finds things and passages in the index of an edition, and puts things in order.

What is found first: a name that is the text, a name that begins with it, a word within a name
that does, a name that has it anywhere; among equals the thing with most links. Where that
finds nothing: names that sound the same, names that are one slip away.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from rapidfuzz.distance import OSA

from graph.errors import StoreError
from graph.index import grams
from graph.index.folding import Reader, fold, has_han, is_wide, without_tones, words
from graph.index.grams import END, START
from graph.index.schema import END_RANK, SHOWN_RANK, VERSION
from graph.index.texts import expression, marks

COUNTED = 500
"""So many are counted, and can be paged through; of more it is said that there are more."""

_TEXTS_COUNTED = 200
_SLIPS_LOOKED_AT = 500
_MAPPED_BYTES = 1024 * 1024 * 1024
_QUERY_CHARACTERS = 256
_WORDS = 8

Order = Literal["degree", "date", "label"]
_COLUMNS: dict[Order, str] = {
    "degree": "thing.id",
    "date": "date IS NULL, date, thing.id",
    "label": "sort = '', sort, thing.id",
}


class IndexNotReady(StoreError):
    """There is no index of the edition yet, or none that can be read."""


@dataclass(frozen=True)
class Name:
    """A name of a thing; `rank` tells labels (small) from other names (large)."""

    text: str
    language: str
    rank: int

    @property
    def is_label(self) -> bool:
        """Whether the thing may be called by it."""
        return self.rank <= SHOWN_RANK or self.rank == END_RANK


@dataclass(frozen=True)
class FoundThing:
    """A thing, with those of its names that meet the text best."""

    iri: str
    class_iri: str | None
    degree: int | None
    date: str | None
    names: tuple[Name, ...]
    matched: tuple[Name, ...]


@dataclass(frozen=True)
class Found:
    """Things in the order of how well they are met; `total` counts to `COUNTED`, `more` beyond.

    `classes` and `articles` count them by IRI, where that was asked for.
    """

    things: list[FoundThing]
    total: int
    more: bool = False
    classes: dict[str, int] = field(default_factory=dict)
    articles: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FoundPassage:
    """A text, where in it the query stands (code points), and what says it.

    `place` is the passage, the statement, or the thing that is described.
    """

    text: str
    language: str
    marks: list[tuple[int, int]]
    article: str | None
    statement: str | None
    place: str


@dataclass(frozen=True)
class FoundPassages:
    """Texts in the order of articles; counted like things."""

    passages: list[FoundPassage]
    total: int
    more: bool = False


class ThingIndex:
    """The index of one edition, read-only; any thread may ask."""

    def __init__(self, path: Path) -> None:
        """See `open`."""
        self._path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []  # one for each thread
        self._numbers: dict[str, dict[str, int]] = {}

    @classmethod
    def open(cls, path: Path, made: str | None = None) -> ThingIndex:
        """Open an index; with `made`, only that of the edition made then.

        Raises `IndexNotReady` when there is none, or one that this version did not write.
        """
        index = cls(path)
        try:
            if not path.exists():
                raise IndexNotReady(f"{path} is not made yet.")
            version = index._one("PRAGMA user_version")
            told = index._one("SELECT value FROM meta WHERE key = 'made'")
            if version != VERSION or (made is not None and told != made):
                raise IndexNotReady(f"{path} is of another edition or version.")
            for table in ("class", "article"):
                rows = index._all(f"SELECT iri, id FROM {table}")
                index._numbers[table] = dict(rows)
        except sqlite3.Error as error:
            raise IndexNotReady(f"{path} cannot be read: {error}.") from error
        return index

    # --- names ------------------------------------------------------------------------

    def search(
        self,
        text: str,
        *,
        limit: int,
        offset: int = 0,
        class_iri: str | None = None,
        article: str | None = None,
        figures: bool = False,
        facets: bool = False,
    ) -> Found:
        """The things whose names meet a text, best first.

        `class_iri` and `article` leave those that are of the class, or spoken of in the
        article. Figures have names too; they are left out unless asked for.
        """
        text = text[:_QUERY_CHARACTERS]
        narrowing = self._narrowing(class_iri, article, figures)
        if narrowing is None:
            return Found([], 0)
        hits = _Search(self, text, narrowing).hits()
        wanted = hits[offset : offset + limit]
        counted = hits[:COUNTED]
        return Found(
            self._things(wanted, fold(text)),
            len(counted),
            len(hits) > COUNTED,
            self._counts("class", counted) if facets else {},
            self._counts("article", counted) if facets else {},
        )

    def _narrowing(self, class_iri: str | None, article: str | None, figures: bool) -> str | None:
        """What is added to each expression; None when nothing can be found."""
        parts = []
        for iri, table, token in (
            (class_iri, "class", grams.of_class),
            (article, "article", grams.of_article),
        ):
            if iri is not None:
                number = self._numbers[table].get(iri)
                if number is None:
                    return None
                parts.append(f' AND "{token(number)}"')
        if not figures:
            parts.append(f' NOT "{grams.FIGURE}"')
        return "".join(parts)

    def candidates(self, matched: str, limit: int, *, forms: bool) -> Iterator[tuple[int, str]]:
        """The numbers of things that an expression finds, most linked first; with their forms."""
        if forms:
            query = (
                "SELECT token.rowid, name.forms FROM token CROSS JOIN name "
                "ON name.thing = token.rowid WHERE token MATCH ? ORDER BY token.rowid LIMIT ?"
            )
        else:
            query = "SELECT rowid, '' FROM token WHERE token MATCH ? ORDER BY rowid LIMIT ?"
        return iter(self._all(query, matched, limit))

    def number_of(self, iri: str) -> int | None:
        """The number of a thing by its IRI."""
        found: int | None = self._one("SELECT id FROM thing WHERE iri = ?", iri)
        return found

    def _things(self, numbers: Sequence[int], needle: str) -> list[FoundThing]:
        rows = self._all(
            "SELECT thing.id, thing.iri, class.iri, degree, date, names, forms FROM thing "
            "JOIN name ON name.thing = thing.id LEFT JOIN class ON class.id = thing.class "
            f"WHERE thing.id IN ({','.join('?' * len(numbers))})",
            *numbers,
        )
        found: dict[int, FoundThing] = {}
        for number, iri, class_iri, degree, date, written, forms in rows:
            names = tuple(Name(*name) for name in json.loads(written))
            met = [_line_nearness(line, needle) for line in forms.split("\n")]
            best = tuple(n for n, rank in zip(names, met, strict=False) if rank == min(met))
            found[number] = FoundThing(iri, class_iri, degree, date, names, best or names[:1])
        return [found[number] for number in numbers if number in found]

    def _counts(self, what: str, numbers: Sequence[int]) -> dict[str, int]:
        table, key = ("thing", "id") if what == "class" else ("mention", "thing")
        rows = self._all(
            f"SELECT {what}.iri, n FROM {what} JOIN (SELECT {what} AS number, count(*) AS n "
            f"FROM {table} WHERE {key} IN (SELECT value FROM json_each(?)) GROUP BY 1) "
            f"ON number = {what}.id ORDER BY n DESC, {what}.iri",
            json.dumps(numbers),
        )
        return dict(rows)

    # --- texts ------------------------------------------------------------------------

    def passages(
        self, text: str, *, limit: int, offset: int = 0, article: str | None = None
    ) -> FoundPassages:
        """The texts that have all words of a query, those that are quoted first."""
        text = text[:_QUERY_CHARACTERS]
        asked = expression(text)
        if not asked:
            return FoundPassages([], 0)
        where, values = "", [asked]
        if article is not None:
            where = "AND text.article = (SELECT id FROM article WHERE iri = ?)"
            values.append(article)
        rows = self._all(
            "SELECT body, language, article.iri, statement, place FROM word CROSS JOIN text "
            "ON text.id = word.rowid LEFT JOIN article ON article.id = text.article "
            f"WHERE word MATCH ? {where} ORDER BY word.rowid LIMIT {_TEXTS_COUNTED + 1}",
            *values,
        )
        found = [
            FoundPassage(body, language, spans, iri, statement, place)
            for body, language, iri, statement, place in rows[:_TEXTS_COUNTED]
            if (spans := marks(body, text))
        ]
        more = len(rows) > _TEXTS_COUNTED
        return FoundPassages(found[offset : offset + limit], len(found), more)

    # --- order ------------------------------------------------------------------------

    def labels(self, iris: Sequence[str]) -> dict[str, tuple[Name, ...]]:
        """The names of those things among `iris` that have some of their own."""
        rows = self._all(
            "SELECT iri, names FROM thing JOIN name ON name.thing = thing.id "
            "WHERE iri IN (SELECT value FROM json_each(?))",
            json.dumps(list(iris)),
        )
        return {iri: tuple(Name(*name) for name in json.loads(written)) for iri, written in rows}

    def degrees(self, iris: Sequence[str]) -> dict[str, int]:
        """How many links each thing has: to IRIs and from them, each once; not its classes.

        A thing that the index does not know is left out.
        """
        rows = self._all(
            "SELECT iri, degree FROM json_each(?) CROSS JOIN thing ON iri = value",
            json.dumps(sorted(set(iris))),
        )
        return dict(rows)

    def ranked(self, iris: Sequence[str], order: Order, limit: int) -> list[str]:
        """The first of some things: by most links, earliest date or name.

        Those without date come after those that have one; those that the index does not know
        come last, by IRI.
        """
        rows = self._all(
            "SELECT iri FROM json_each(?) CROSS JOIN thing ON iri = value "
            f"ORDER BY {_COLUMNS[order]} LIMIT ?",
            json.dumps(sorted(set(iris))),
            limit,
        )
        ranked = [iri for (iri,) in rows]
        if len(ranked) < min(limit, len(iris)):
            known = set(ranked)
            ranked += sorted(set(iris) - known)[: limit - len(ranked)]
        return ranked

    def leading(self, limit: int, order: Order = "degree") -> list[str]:
        """The first of all things, as `ranked` puts them in order."""
        query = f"SELECT iri FROM thing ORDER BY {_COLUMNS[order]} LIMIT ?"
        return [iri for (iri,) in self._all(query, limit)]

    def count(self) -> int:
        """How many things there are."""
        return int(self._one("SELECT count(*) FROM thing"))

    # --- the file ---------------------------------------------------------------------

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            uri = f"{self._path.resolve().as_uri()}?mode=ro&immutable=1"
            connection = sqlite3.connect(
                uri, uri=True, isolation_level=None, check_same_thread=False
            )
            self._connections.append(connection)
            connection.execute(f"PRAGMA mmap_size={_MAPPED_BYTES}")
            connection.execute("PRAGMA query_only=ON")
            self._local.connection = connection
        return connection

    def __del__(self) -> None:
        for connection in self._connections:
            connection.close()

    def _all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._connection().execute(query, values).fetchall()

    def _one(self, query: str, *values: Any) -> Any:
        row = self._connection().execute(query, values).fetchone()
        return row[0] if row else None


class _Search:
    """One search, from what meets a text best to what meets it least."""

    def __init__(self, index: ThingIndex, text: str, narrowing: str) -> None:
        self._index = index
        self._text = text
        self._needle = fold(text)
        self._narrowing = narrowing
        self._hits: dict[int, None] = {}

    def hits(self) -> list[int]:
        """The numbers of things, best first; one more than are counted, if there are more."""
        if not self._needle:
            return []
        if ":" in self._text and (number := self._index.number_of(self._text.strip())):
            return [number]
        self._direct(self._needle)
        parts = list(dict.fromkeys(words(self._text)))[:_WORDS]
        if len(parts) > 1:
            self._all_words(parts)
        if not self._hits and (spelt := without_tones(self._text)):
            self._direct(spelt)
        if not self._hits and has_han(self._needle):
            self._alike()
        if not self._hits and grams.can_slip(self._needle):
            self._slipped()
        return list(self._hits)[: COUNTED + 1]

    def _take(self, asked: str, meets: Callable[[str], bool] | None = None) -> None:
        if len(self._hits) > COUNTED:
            return
        found = self._index.candidates(
            asked + self._narrowing, COUNTED + 1, forms=meets is not None
        )
        for number, forms in found:
            if meets is None or meets(forms):
                self._hits.setdefault(number)

    def _direct(self, needle: str) -> None:
        exact, begins = f"{START}{needle}{END}", START + needle
        if len(needle) > 1 or is_wide(needle):  # a letter is some name's initial
            self._take(_quoted(grams.whole(needle)), lambda forms: exact in forms)
        short = len(needle) <= grams.BEGINNING
        begun = None if short else lambda forms: begins in forms
        self._take(_quoted(grams.beginning(needle)), begun)
        if short:
            self._take(_quoted(grams.word_beginning(needle)))
        if inner := grams.some_inner(needle):
            self._take(_quoted(*inner), None if inner == [needle] else lambda f: needle in f)

    def _all_words(self, parts: list[str]) -> None:
        asked: list[str] = []
        for part in parts:
            asked += grams.some_inner(part, 2) or [grams.word_beginning(part)]
        self._take(
            _quoted(*dict.fromkeys(asked)), lambda forms: all(part in forms for part in parts)
        )

    def _alike(self) -> None:
        """Names that sound the same: other characters of the same pinyin."""
        spelt = _reader().forms(self._needle)[0]
        exact, begins = f"{START}{spelt}{END}", START + spelt
        self._take(_quoted(grams.whole(spelt)), lambda forms: exact in forms)
        self._take(_quoted(grams.beginning(spelt)), lambda forms: begins in forms)

    def _slipped(self) -> None:
        """Names of which a word begins with the text but for one slip, most alike first."""
        needle = self._needle
        head, tail = needle[: grams.NEAR_LENGTH], needle[grams.NEAR_LENGTH :]
        either = _either(grams.near(needle))
        if rest := grams.some_inner(tail[1:], 2):  # where the slip is not, when it is in the head
            either = f"({either} AND {_quoted(*rest)})"
        if tail:
            begun = _either({grams.beginning(head), grams.word_beginning(head)})
            after = _either(set(grams.inner(needle[len(head) - 2 :])))
            either += f" OR ({begun} AND {after})" if after else f" OR {begun}"
        alternatives = f"({either}){self._narrowing}"
        near: list[tuple[int, int]] = []
        for number, forms in self._index.candidates(alternatives, _SLIPS_LOOKED_AT, forms=True):
            distance = _slip(forms, needle)
            if distance is not None:
                near.append((distance, number))
        for _, number in sorted(near):
            self._hits.setdefault(number)


def _quoted(*tokens: str) -> str:
    asked = " AND ".join(f'"{token}"' for token in tokens)
    return f"({asked})"


def _either(tokens: set[str]) -> str:
    asked = " OR ".join(f'"{token}"' for token in sorted(tokens))
    return f"({asked})" if asked else ""


def _slip(forms: str, needle: str) -> int | None:
    """How much longer than the text the nearest name is that it is one slip from; else None.

    Of a text with one slip, one half stands in the name as it is, or the slip exchanges the
    characters at its middle.
    """
    middle, size = len(needle) // 2, len(needle)
    exchanged = needle[: middle - 1] + needle[middle] + needle[middle - 1] + needle[middle + 1 :]
    best: int | None = None
    for part, shifts in (
        (needle[:middle], (0,)),
        (needle[middle:], (-middle, -middle - 1, -middle + 1)),
        (exchanged, (0,)),
    ):
        at = forms.find(part)
        while at >= 0:
            for shift in shifts:
                begin = at + shift
                if begin > 0 and _is_slip(forms[begin : begin + size + 1], needle):
                    end = forms.find(END, begin)
                    rest = begin - forms.rfind(START, 0, begin + 1) + abs(end - begin - size)
                    best = rest if best is None else min(best, rest)
            at = forms.find(part, at + 1)
    return best


def _is_slip(window: str, needle: str) -> bool:
    size = len(needle)
    return any(
        OSA.distance(needle, window[:length], score_cutoff=1) <= 1
        for length in (size, size + 1, size - 1)
    )


def nearness(form: str, needle: str) -> int:
    """How well a folded name meets a folded text: 0 when it is it, 3 when it does not."""
    if form == needle:
        return 0
    return 1 if form.startswith(needle) else 2 if needle in form else 3


def _line_nearness(line: str, needle: str) -> int:
    """The same for a name in all its forms, its own before those by which it sounds."""
    own, *sounds = line.replace(START, "").split(END)[:-1] or [""]
    best = nearness(own, needle)
    if best == 3:
        best += min((nearness(sound, needle) for sound in sounds), default=3)
    return best if best < 6 else best + (_slip(line, needle) is None)


@cache
def _reader() -> Reader:
    return Reader()
