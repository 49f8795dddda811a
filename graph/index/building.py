"""Makes the index of an edition: a file beside its place, complete before it is put there."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode
from pyoxigraph import Store as Database

from graph.index import grams
from graph.index.folding import Reader, fold, words
from graph.index.gathering import Batch, Gathering
from graph.index.grams import END, START
from graph.index.schema import (
    END_RANK,
    OA,
    OBSERVATION,
    RDF,
    RDFS,
    STAGE,
    TABLES,
    THING_BY_IRI,
    VERSION,
    Terms,
)
from graph.index.texts import gather_texts, write_texts
from graph.label import name_from
from graph.store import OpenEdition

_CACHE_KIB = 64 * 1024
_HASH_BYTES = 32 * 1024 * 1024

Row = tuple[Any, ...]


def build(opened: OpenEdition, terms: Terms, path: Path) -> None:
    """Write the index of an open edition to `path`, in one step at the end.

    Raises `OSError` or `sqlite3.Error` when it cannot be written; nothing stays then.
    """
    unfinished = path.with_suffix(".new")
    staged = path.with_suffix(".stage")
    for left in (unfinished, staged):
        left.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
            for pragma in (
                "journal_mode=OFF",
                "synchronous=OFF",
                "locking_mode=EXCLUSIVE",
                f"cache_size=-{_CACHE_KIB}",
                "temp_store=FILE",
            ):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("ATTACH ? AS stage", [str(staged)])
            connection.execute("PRAGMA stage.journal_mode=OFF")
            connection.execute("PRAGMA stage.synchronous=OFF")
            connection.executescript(TABLES + STAGE)
            connection.execute("BEGIN")
            _Building(opened, terms, connection, path.parent).run()
            connection.execute("COMMIT")
            connection.execute("DETACH stage")
            connection.execute(f"PRAGMA user_version={VERSION}")
        descriptor = os.open(unfinished, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        unfinished.replace(path)
    finally:
        for left in (unfinished, staged):
            with suppress(OSError):
                left.unlink(missing_ok=True)


class _Building:
    def __init__(
        self, opened: OpenEdition, terms: Terms, connection: sqlite3.Connection, folder: Path
    ) -> None:
        self._database: Database = opened.database
        self._edition = opened.edition
        self._terms = terms
        self._connection = connection
        self._reader = Reader()
        self._gathering = Gathering(self._database, connection, terms, folder)
        self._above = lru_cache(maxsize=50_000)(self._asked_above)
        self._class_iris: dict[int, str] = {}

    def run(self) -> None:
        """Gather, put things in order, write them with their tokens."""
        gathering = self._gathering
        gathering.run()
        gather_texts(self._database, gathering, self._terms)
        gathering.links.count()
        self._class_iris = dict(gathering.classes.items())
        self._make_ready()
        self._write_things()
        write_texts(self._connection)
        execute = self._connection.execute
        self._connection.executemany("INSERT INTO class VALUES (?,?)", gathering.classes.items())
        self._connection.executemany("INSERT INTO article VALUES (?,?)", gathering.articles.items())
        told = {"edition": self._edition.name, "made": self._edition.made}
        self._connection.executemany("INSERT INTO meta VALUES (?,?)", told.items())
        for table in ("token", "word"):
            execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")
        execute(THING_BY_IRI)

    def _make_ready(self) -> None:
        """Bring together what is said of each thing, by the order of IRIs."""
        reading = self._connection.execute(
            "SELECT iri, 0, text, language, rank FROM stage.name UNION ALL "
            "SELECT iri, 1, class, NULL, NULL FROM stage.type UNION ALL "
            "SELECT iri, 2, date, NULL, NULL FROM stage.dated UNION ALL "
            "SELECT iri, 3, article, NULL, NULL FROM stage.mention ORDER BY 1, 2, 5, 4, 3"
        )
        ready = Batch(self._connection, "INSERT INTO stage.ready VALUES (?,?,?,?,?,?,?,?)")
        for iri, rows in groupby(reading, key=itemgetter(0)):
            row = self._thing(iri, list(rows))
            if row:
                ready.add(*row)
        ready.flush()

    def _thing(self, iri: str, rows: list[Row]) -> Row | None:
        names = list(dict.fromkeys((r[2], r[3], r[4]) for r in rows if r[1] == 0 and r[2].strip()))
        kinds = {self._class_iris[r[2]] for r in rows if r[1] == 1}
        if not names and not kinds:
            return None  # a date alone makes no thing
        if not kinds and self._is_machinery(iri):
            return None
        end = name_from(iri)
        shown = names or [(end, "", END_RANK)]
        kind = self._most_specific(kinds)
        dates = [r[2] for r in rows if r[1] == 2]
        articles = [r[2] for r in rows if r[1] == 3]
        called = shown[0][0]
        return (
            self._gathering.links.degree(iri),
            len(called),
            fold(called)[:64],
            iri,
            self._gathering.classes[kind] if kind else None,
            min(dates, default=None),
            json.dumps([*shown, (end, "", END_RANK)] if names else shown, ensure_ascii=False),
            json.dumps(sorted(set(articles))),
        )

    def _is_machinery(self, iri: str) -> bool:
        return any(
            kind in self._terms.machinery or kind.startswith(OA)
            for kind in self._values(iri, f"{RDF}type")
        )

    def _most_specific(self, kinds: set[str]) -> str | None:
        """As networks choose: of the classes that are above no other, the first by IRI."""
        general = {upper for kind in kinds for upper in self._above(kind) if upper != kind}
        return min(kinds - general or kinds, default=None)

    def _asked_above(self, kind: str) -> frozenset[str]:
        found: set[str] = set()
        pending = [kind]
        while pending:
            for upper in self._values(pending.pop(), f"{RDFS}subClassOf"):
                if upper not in found:
                    found.add(upper)
                    pending.append(upper)
        return frozenset(found)

    def _values(self, iri: str, predicate: str) -> Iterator[str]:
        for quad in self._database.quads_for_pattern(NamedNode(iri), NamedNode(predicate), None):
            if isinstance(quad.object, NamedNode):
                yield quad.object.value

    def _write_things(self) -> None:
        execute, many = self._connection.execute, self._connection.executemany
        execute("INSERT INTO token(token, rank) VALUES ('hashsize', ?)", [_HASH_BYTES])
        figure = self._gathering.classes[OBSERVATION]
        reading = execute(
            "SELECT iri, class, degree, date, sort, names, articles FROM stage.ready "
            "ORDER BY degree DESC, class IS ?, length, sort, iri",
            [figure],
        )
        number = 0
        while rows := reading.fetchmany(2000):
            things: list[Row] = []
            names: list[Row] = []
            tokens: list[Row] = []
            mentions: list[Row] = []
            for iri, kind, degree, date, sort, written, told in rows:
                number += 1
                articles: list[int] = json.loads(told)
                forms, found = self._forms(json.loads(written))
                found.update(grams.of_article(article) for article in articles)
                if kind is not None:
                    found.add(grams.of_class(kind))
                if kind == figure:
                    found.add(grams.FIGURE)
                things.append((number, iri, kind, degree, date, sort))
                names.append((number, written, forms))
                tokens.append((number, " ".join(found)))
                mentions += [(article, number) for article in articles]
            many("INSERT INTO thing VALUES (?,?,?,?,?,?)", things)
            many("INSERT INTO name VALUES (?,?,?)", names)
            many("INSERT INTO token(rowid, tokens) VALUES (?,?)", tokens)
            many("INSERT OR IGNORE INTO mention VALUES (?,?)", mentions)

    def _forms(self, names: list[tuple[str, str, int]]) -> tuple[str, set[str]]:
        """The forms of all names, a line for each name, and all tokens."""
        lines: list[str] = []
        spelt: dict[str, set[int]] = {}
        initials: set[str] = set()
        for text, _language, _rank in names:
            folded = fold(text)
            if not folded:
                lines.append("")
                continue
            begins, at = spelt.setdefault(folded, set()), 0
            for word in words(text):
                begins.add(min(at, len(folded) - 1))
                at += len(word)
            sounds = self._reader.forms(folded)
            for sound in sounds[:1]:
                spelt.setdefault(sound, set())
            initials.update(sounds[1:])
            lines.append("".join(f"{START}{form}{END}" for form in (folded, *sounds)))
        return "\n".join(lines), grams.tokens(spelt.items(), initials)
