"""The errors of the domain. They know nothing of HTTP.

ShuangmaError
├── InvalidArticle        an article's folder says something that cannot stand
├── ArticleNotFound       no folder, or no article of that name in the dataset
├── QuoteNotFound, QuoteAmbiguous
├── InvalidQuery          the text is no SPARQL; has line and column
├── QueryFailed           the engine could not answer
│   ├── QueryTimedOut     it took longer than a query may
│   ├── QueryOutOfMemory  it needed more memory than a query may
│   ├── QueryCancelled    whoever ran it, or a reader's end, cancelled it
│   ├── ReaderLost        it ended the process that answered it
│   └── AnswerTooLarge    its answer is larger than an answer may be
├── TooBusy               all readers are busy and the queue is full
├── UpdateFailed          an update or upload could not be applied; nothing of it was
├── InvalidRdf            an upload is not the RDF it says; has line and column
├── EngineUnavailable     another engine does not answer, or answers nonsense
├── UnsupportedFormat     a media type or name that no serialiser here writes
│   └── NotRepresentable  a format that has no place for something in the answer
├── TooLargeForFormat     more data than a format that is held in memory holds
├── ViewTooLarge          more things than one file carries with their evidence
├── DumpUnavailable       a file of the whole dataset cannot be made
├── GraphNotFound         the dataset has no graph of that name
├── ResourceNotFound      the dataset says nothing of an IRI
├── InvalidIri            what should be an absolute IRI is none
├── OriginalMismatch      a file is not the original that the article cites
└── StoreError            the store's folder cannot be read or written
    ├── DamagedStore      what it says is current is not an edition
    ├── EditionGone       an edition that is not kept any more
    ├── EditionNotFound   an edition that there has never been
    └── ArticlesLeftOut   a build would drop articles that the store holds
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


class QueryTimedOut(QueryFailed):
    """A query or write took longer than it may."""

    def __init__(self, timeout_s: float, setting: str = "query-timeout") -> None:
        what = "query" if setting == "query-timeout" else "write"
        super().__init__(
            f"The {what} was ended after {timeout_s:g} seconds, the most that one may take here "
            f"(--{setting}). Ask for less: add LIMIT, bind a variable, or split it."
        )
        self.timeout_s = timeout_s


class QueryOutOfMemory(QueryFailed):
    """A query or write needed more memory than it may."""

    def __init__(self, limit_bytes: int, setting: str = "reader-memory") -> None:
        super().__init__(
            f"It was ended because it needed more than {limit_bytes // 2**20} MiB of memory "
            f"(--{setting}). Sorting, grouping and joining less needs less."
        )
        self.limit_mib = limit_bytes // 2**20


class QueryCancelled(QueryFailed):
    """A query was cancelled by its identifier, or by its client's leaving."""

    def __init__(self) -> None:
        super().__init__("The query was cancelled.")


class ReaderLost(QueryFailed):
    """A query ended the process that answered it."""

    def __init__(self, signal: int = 0) -> None:
        how = f" (signal {signal})" if signal else ""
        super().__init__(
            f"The query ended the process that answered it{how}. "
            "Nested parentheses or braces by the thousand do that; write it flatter."
        )


class AnswerTooLarge(QueryFailed):
    """An answer would be larger than an answer may be."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"The answer is larger than {limit_bytes // 2**20} MiB, the most that is sent here "
            "(SHUANGMA_ANSWER_SIZE_BYTES). Add LIMIT, or take the whole from /export."
        )
        self.limit_bytes = limit_bytes
        self.limit_mib = limit_bytes // 2**20


class TooBusy(ShuangmaError):
    """All readers are busy and the queue is full; `retry_after_s` says when to come back."""

    def __init__(self, retry_after_s: int = 1) -> None:
        super().__init__(
            f"All readers are busy and the queue is full. Try again in {retry_after_s} s."
        )
        self.retry_after_s = retry_after_s


class TooLargeForFormat(ShuangmaError):
    """A format that is held in memory was asked of more than that holds."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(
            f"There are more than {limit:,} {what}, too many for this format. Take N-Quads or "
            "N-Triples, or ask for a part of it by a query."
        )


class DumpUnavailable(ShuangmaError):
    """A file of the whole dataset cannot be made."""


class UpdateFailed(ShuangmaError):
    """An update or upload could not be applied; the dataset is as it was."""


class InvalidRdf(ShuangmaError):
    """An upload is not the RDF that it says it is. `line` and `column` count from 1."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        place = f"Line {line}, column {column}: " if line else ""
        super().__init__(f"{place}{message}")
        self.line = line
        self.column = column


class EngineUnavailable(ShuangmaError):
    """Another engine, in the store's place, does not answer or answers nonsense."""


class ServiceRefused(ShuangmaError):
    """The query or update would send a request to another host."""

    def __init__(self, what: str = "SERVICE", iri: str | None = None) -> None:
        named = f" <{iri}>" if iri else ""
        super().__init__(
            f"{what}{named} asks another host, and this one sends no requests but to those that "
            "SHUANGMA_ALLOW_SERVICE lists. Fetch the data yourself and load them here."
        )


class UnsupportedFormat(ShuangmaError):
    """No serialiser here writes the format that was asked for."""

    def __init__(self, asked: str, known: Iterable[str]) -> None:
        self.asked, self.known = asked, tuple(known)
        super().__init__(f"There is no format “{asked}” here. Use one of: {', '.join(self.known)}.")


class NotRepresentable(UnsupportedFormat):
    """The format that was asked for has no place for something in the answer."""


class GraphNotFound(ShuangmaError):
    """The dataset has no graph of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no graph <{name}> here. GET /store lists all there is.")


class ResourceNotFound(ShuangmaError):
    """The dataset says nothing of the IRI."""

    def __init__(self, iri: str) -> None:
        super().__init__(f"Nothing here speaks of <{iri}>. Check its spelling.")
        self.iri = iri


class InvalidIri(ShuangmaError):
    """What should be an absolute IRI is none."""

    def __init__(self, asked: str) -> None:
        super().__init__(f"“{asked}” is no absolute IRI. Write one whole: https://…")
        self.asked = asked


class OriginalMismatch(ShuangmaError):
    """A file is not the original that the article cites."""


class StoreError(ShuangmaError):
    """The store's folder cannot be read or written as asked."""


class DamagedStore(StoreError):
    """What `current` names is not an edition."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"{folder} is damaged: {reason}. `shuangma editions list` shows what is whole, "
            "`shuangma editions restore` goes back to it; or build it again."
        )


class EditionGone(StoreError):
    """An edition that was asked for is not kept any more."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Edition {name} is not kept here. `shuangma editions list` shows all.")
        self.name = name


class EditionNotFound(StoreError):
    """An edition that was asked for has never been."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There has never been an edition “{name}” here. It is six digits.")


class ArticlesLeftOut(StoreError):
    """A build would drop articles that the store holds."""

    def __init__(self, folder: Path, slugs: Iterable[str]) -> None:
        super().__init__(
            f"{folder} holds articles that this build would leave out: {', '.join(slugs)}. "
            "Name another folder with --store, or say --replace."
        )


class ViewTooLarge(ShuangmaError):
    """More things than one file can carry with their evidence."""

    def __init__(self, things: int, limit: int) -> None:
        super().__init__(
            f"The view has {things:,} things, and one file carries at most {limit:,} with their "
            "evidence. Hide some, or take the data in another format."
        )
