"""Answers a query on the command line: as a table for people, or in a format."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table
from rich.text import Text

from graph.engine import Engine, Query, Wanted
from graph.errors import InvalidQuery
from graph.representation import Format, Kind, format_named
from ontology import Vocabulary

_PREFIX = re.compile(r"^\s*PREFIX\s+([A-Za-z][\w-]*)?:", re.IGNORECASE | re.MULTILINE)


def with_prefixes(query: str, vocabulary: Vocabulary) -> str:
    """The query with the dataset's prefixes before it, on one line so that places hold.

    Prefixes that the query declares itself are left to it.
    """
    own = {match[1] or "" for match in _PREFIX.finditer(query)}
    known = [f"PREFIX {p}: <{n}>" for p, n in vocabulary.prefixes.items() if p not in own]
    return " ".join(known) + " " + query


def answer(engine: Engine, query: str, name: str, vocabulary: Vocabulary, *, union: bool) -> bytes:
    """The answer in the format called `name`; `table` draws solutions and writes Turtle.

    Raises `InvalidQuery`, with line and column, and `UnsupportedFormat`.
    """
    turtle = format_named("turtle", Kind.GRAPH)
    tabular = format_named("csv", Kind.SOLUTIONS)

    def choose(kind: Kind) -> Format:
        if name == "table":
            return turtle if kind is Kind.GRAPH else tabular
        return format_named(name, kind)

    whole = with_prefixes(query, vocabulary)
    with shifted(whole, query):
        found = engine.answer(Query(whole, union), Wanted.by(choose))
    body = found.body
    if name != "table" or found.form is turtle:
        return body if body.endswith(b"\n") else body + b"\n"
    return _table(body.decode(), vocabulary)


@contextmanager
def shifted(whole: str, text: str) -> Iterator[None]:
    """Count the columns of errors from where the text begins, not the prefixes before it."""
    try:
        yield
    except InvalidQuery as error:
        if error.line != 1 or not error.column:
            raise
        moved = max(1, error.column - (len(whole) - len(text)))
        raise InvalidQuery(str(error).partition(": ")[2], 1, moved) from error


def _table(text: str, vocabulary: Vocabulary) -> bytes:
    rows = list(csv.reader(io.StringIO(text)))
    if not rows or text in {"true", "false"}:
        return text.encode() + b"\n"
    console = Console(file=io.StringIO(), width=_width(), soft_wrap=False)
    table = Table(show_edge=False, pad_edge=False)
    for heading in rows[0]:
        table.add_column(Text(heading), overflow="fold")
    for row in rows[1:]:
        table.add_row(*(Text(_shorten(cell, vocabulary)) for cell in row))
    console.print(table)
    count = len(rows) - 1
    console.print(f"{count} solution{'' if count == 1 else 's'}")
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().encode()


def _width() -> int:
    console = Console()
    return console.width if console.is_terminal else 160


def _shorten(value: str, vocabulary: Vocabulary) -> str:
    for prefix, namespace in vocabulary.prefixes.items():
        local = value.removeprefix(namespace)
        if local != value and re.fullmatch(r"[\w-]+", local):
            return f"{prefix}:{local}"
    return value
