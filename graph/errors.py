"""The errors of the domain. They know nothing of HTTP.

ShuangmaError
├── InvalidArticle        an article's folder says something that cannot stand
├── ArticleNotFound       no folder, or no article of that name in the dataset
├── QuoteNotFound, QuoteAmbiguous
├── InvalidQuery          the text is no SPARQL; has line and column
├── QueryFailed           the engine could not answer
├── UnsupportedFormat     a media type or name that no serialiser here writes
├── ResourceNotFound      the dataset says nothing of an IRI
├── OriginalMismatch      a file is not the original that the article cites
└── StoreError            the store's folder cannot be read or written
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


class ShuangmaError(Exception):
    """Anything that went wrong in a way a reader can mend."""


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in one file; `line` and `column` count from 1, 0 where they do not apply."""

    path: Path
    line: int
    column: int
    message: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}" if self.line else str(self.path)
        return f"{place}: {self.message} {self.mend}".rstrip()


class InvalidArticle(ShuangmaError):
    """One or more mistakes in an article's folder, each with file, line, column and mend."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ArticleNotFound(ShuangmaError):
    """There is no article of that name."""


class QuoteNotFound(ShuangmaError):
    """The text does not contain the quote."""

    def __init__(self, quote: str) -> None:
        super().__init__(f"The text does not contain “{quote}”.")


class QuoteAmbiguous(ShuangmaError):
    """The text contains the quote more than once."""

    def __init__(self, quote: str, count: int) -> None:
        super().__init__(f"The text contains “{quote}” {count} times.")


class InvalidQuery(ShuangmaError):
    """The text is no SPARQL query. `line` and `column` count from 1."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        place = f"Line {line}, column {column}: " if line else ""
        super().__init__(f"{place}{message}")
        self.line = line
        self.column = column


class QueryFailed(ShuangmaError):
    """The engine could not answer a well-formed query."""


class ServiceRefused(ShuangmaError):
    """The query would send a request to another endpoint."""

    def __init__(self) -> None:
        super().__init__(
            "SERVICE asks another endpoint, and this one sends no requests. "
            "Ask the other endpoint yourself, or load its data."
        )


class UnsupportedFormat(ShuangmaError):
    """No serialiser here writes the format that was asked for."""

    def __init__(self, asked: str, known: Iterable[str]) -> None:
        super().__init__(f"There is no format “{asked}” here. Use one of: {', '.join(known)}.")


class ResourceNotFound(ShuangmaError):
    """The dataset says nothing of the IRI."""

    def __init__(self, iri: str) -> None:
        super().__init__(f"Nothing here speaks of <{iri}>. Check its spelling.")
        self.iri = iri


class OriginalMismatch(ShuangmaError):
    """A file is not the original that the article cites."""


class StoreError(ShuangmaError):
    """The store's folder cannot be read or written as asked."""


class ArticlesLeftOut(StoreError):
    """A build would drop articles that the store holds."""

    def __init__(self, folder: Path, slugs: Iterable[str]) -> None:
        super().__init__(
            f"{folder} holds articles that this build would leave out: {', '.join(slugs)}. "
            "Name another folder with --store, or say --replace."
        )
