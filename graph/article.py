"""An article's folder as it is written by hand: its schema, and its reading.

Knows the keys of `article.yaml`, `entities.yaml` and `statements.yaml`.
Whether names and quotes exist is the compiler's to say.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    field_validator,
    model_validator,
)
from pyoxigraph import Literal, NamedNode

from graph.errors import ArticleNotFound, InvalidArticle, Problem
from graph.folder import Document, parse, read_text, read_yaml
from graph.passage import Passage

RESERVED_SLUGS = frozenset({"inferred", "ontology", "dataset"})

_IRI = re.compile(r"""https?://[^\s<>"{}|\\^`/?#]+[!#-;=?-\[\]_a-z~]*""", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _language(value: str) -> str:
    try:
        well_formed = _LANGUAGE.fullmatch(value) and Literal("", language=value)
    except ValueError:
        well_formed = None
    if well_formed is None:
        raise ValueError(f"“{value}” is no language tag; write one such as zh-Hant or en")
    return value


def _labels(value: dict[str, str]) -> dict[str, str]:
    for language, text in value.items():
        _language(language)
        if not text.strip():
            raise ValueError(f"the text for {language} is empty; write it or remove {language}")
    if not value:
        raise ValueError("it has no language; write {en: …} or another")
    return value


def _name(value: Any) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        mend = "begin with a letter and use A-Z a-z 0-9 _ - only"
        raise ValueError(f"“{value}” makes no IRI; {mend}")
    return value


def _iri(value: str) -> str:
    try:
        well_formed = bool(_IRI.fullmatch(value) and NamedNode(value))
    except ValueError:  # a host that is none, such as [e
        well_formed = False
    if not well_formed:
        raise ValueError(f"“{value}” is no IRI; write one in ASCII that begins with https://")
    return value


def _object(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        kinds = {bool: f"“{value}”".lower(), list: "a list", dict: "a mapping"}
        shown = kinds.get(type(value), "nothing")
        raise ValueError(f"{shown} is no value of a fact; write a name, a text or a number")
    return value


def _span(value: Any) -> Passage:
    whole = isinstance(value, list) and all(type(number) is int for number in value)
    if not whole or len(value) != 2 or not 0 <= value[0] < value[1]:
        raise ValueError(
            "this is no span; write [start, end], two whole numbers with 0 <= start < end"
        )
    return Passage(*value)


def _list_of_spans(value: Any) -> Any:
    """One span may stand without the brackets of a list."""
    one = isinstance(value, list) and value and not isinstance(value[0], list)
    return [value] if one else value


def _number(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise ValueError(f"“{value}” is a text, not a number; write digits without quotes")
    return Decimal(str(value)) if isinstance(value, int | float) else value


Labels = Annotated[dict[str, str], AfterValidator(_labels)]
Span = Annotated[Passage, BeforeValidator(_span)]
Spans = Annotated[list[Span], BeforeValidator(_list_of_spans), Field(min_length=1)]
Number = Annotated[Decimal, BeforeValidator(_number)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Date = Annotated[str, BeforeValidator(str)]
Name = Annotated[str, BeforeValidator(_name)]
Modality = typing.Literal["asserted", "attributed", "forecast", "disputed"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Original(_Model):
    """The text that an article retells: its fingerprint and where its metadata stand."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    length: Annotated[int, Field(gt=0)]
    byline: Spans | None = None


class Metadata(_Model):
    """`article.yaml`."""

    title: Labels
    author: str
    publisher: str | None = None
    date: Annotated[str, BeforeValidator(str)]
    language: Annotated[str, AfterValidator(_language)]
    license: Annotated[str, AfterValidator(_iri)] | None = None
    original: Original | None = None

    @field_validator("date")
    @classmethod
    def _is_a_date(cls, value: str) -> str:
        with suppress(ValueError):
            datetime.fromisoformat(value)
            if _TIME.fullmatch(value):
                return value
        mend = "write 2020-02-08 or 2020-02-08T15:13:34+00:00"
        raise ValueError(f"“{value}” is no date that exists; {mend}")

    @property
    def published(self) -> datetime:
        """The time of publication."""
        return datetime.fromisoformat(self.date)


class Entity(_Model):
    """One thing of `entities.yaml`; `class_name` is a short name of the ontology."""

    class_name: Annotated[str, Field(alias="class")]
    label: Labels
    variants: list[str] = []
    misspellings: list[str] = []
    wikidata: Annotated[str, Field(pattern=r"^Q[1-9][0-9]*$")] | None = None
    note: Labels | None = None


class Entities(RootModel[dict[Name, Entity]]):
    """`entities.yaml`."""


class Observation(_Model):
    """A figure. Numbers are in base units; `printed` is the form in the text."""

    about: str
    metric: str
    value: Number | None = None
    min: Number | None = None
    max: Number | None = None
    unit: str
    printed: str
    precision: str = "Exact"
    start_date: Annotated[Date | None, Field(alias="startDate")] = None
    end_date: Annotated[Date | None, Field(alias="endDate")] = None
    observation_period: Annotated[str | None, Field(alias="observationPeriod")] = None
    modality: str | None = None
    reported_by: Annotated[str | None, Field(alias="reportedBy")] = None
    compared_with: Annotated[str | None, Field(alias="comparedWith")] = None
    per: str | None = None
    share_of: Annotated[str | None, Field(alias="shareOf")] = None

    @model_validator(mode="after")
    def _one_kind_of_value(self) -> Observation:
        given = (self.value is not None, self.min is not None, self.max is not None)
        if given not in {(True, False, False), (False, True, True)}:
            raise ValueError("its value is not clear; write either value, or both min and max")
        if self.min is not None and self.max is not None and self.min >= self.max:
            raise ValueError("min is not smaller than max; correct one of them")
        return self


Object = Annotated[str | int | float, BeforeValidator(_object)]
Fact = Annotated[list[Object], Field(min_length=3, max_length=3)]


class Entry(_Model):
    """What one passage says: facts and figures."""

    key: Key
    quote: Annotated[str, Field(min_length=1)]
    quote_en: str | None = None
    source: Spans | None = None
    implied: list[str] = []
    modality: Modality = "asserted"
    by: str | None = None
    paraphrase: Labels | None = None
    facts: dict[Key, Fact] = {}
    observations: dict[Key, Observation] = {}

    @model_validator(mode="after")
    def _says_something(self) -> Entry:
        if not self.facts and not self.observations:
            raise ValueError("it says nothing; add facts or observations")
        if self.modality != "asserted" and self.by is None:
            raise ValueError(f"it is {self.modality}, but not by whom; add `by`")
        return self


class Oddity(_Model):
    """Where the source is wrong or odd: what is odd, and why."""

    source: Spans | None = None
    quote: str | None = None
    quote_en: str | None = None
    about: list[str] = []
    contradicts: list[Annotated[list[str], Field(min_length=2, max_length=2)]] = []
    reason: Labels


class Statements(_Model):
    """`statements.yaml`."""

    statements: list[Entry]
    oddities: dict[Key, Oddity] = {}


@dataclass(frozen=True)
class Article:
    """An article's folder, read and of the right form.

    `texts` maps language to text; it has at least the article's own language.
    """

    slug: str
    folder: Path
    metadata: Metadata
    entities: Mapping[str, Entity]
    entries: tuple[Entry, ...]
    oddities: Mapping[str, Oddity]
    texts: Mapping[str, str]
    documents: Mapping[str, Document]

    @property
    def text(self) -> str:
        """The text in the article's own language."""
        return self.texts[self.metadata.language]


def read_article(folder: Path) -> Article:
    """Read an article's folder.

    Raises `ArticleNotFound` when there is no such folder and `InvalidArticle`,
    with every mistake found, when a file of it breaks the schema.
    """
    slug = folder.name
    if not folder.is_dir():
        raise ArticleNotFound(f"There is no folder {folder}. `shuangma new {slug}` makes one.")
    problems: list[Problem] = []
    if not _SLUG.fullmatch(slug) or slug in RESERVED_SLUGS:
        message = f"“{slug}” cannot name an article."
        mend = "Use small letters, digits and single hyphens, and no reserved name."
        problems.append(Problem(folder, 0, 0, message, mend))

    parsed: dict[str, Any] = {}
    documents: dict[str, Document] = {}
    for name, model in (("article", Metadata), ("entities", Entities), ("statements", Statements)):
        try:
            documents[name] = read_yaml(folder / f"{name}.yaml")
            parsed[name] = parse(model, documents[name])
        except InvalidArticle as error:
            problems.extend(error.problems)

    texts: dict[str, str] = {}
    language = parsed["article"].language if "article" in parsed else None
    paths: dict[str, Path] = {}
    for path in sorted(folder.glob("text.*.md")):
        tag = path.name.removeprefix("text.").removesuffix(".md")
        try:
            paths[_language(tag)] = path
        except ValueError:
            message = f"“{tag}” is no language tag."
            mend = "Name the file after its language, as text.zh-Hant.md."
            problems.append(Problem(path, 0, 0, message, mend))
    if language:
        paths.setdefault(language, folder / f"text.{language}.md")
    for tag, path in paths.items():
        try:
            texts[tag] = read_text(path)
        except InvalidArticle as error:
            problems.extend(error.problems)
    if problems:
        raise InvalidArticle(problems)
    return Article(
        slug=slug,
        folder=folder,
        metadata=parsed["article"],
        entities=parsed["entities"].root,
        entries=tuple(parsed["statements"].statements),
        oddities=parsed["statements"].oddities,
        texts=texts,
        documents=documents,
    )


def article_folders(folder: Path) -> list[Path]:
    """The folders of all articles below `folder`, by name: those with any of an article's files.

    Raises `ArticleNotFound` when there is no such folder.
    """
    if not folder.is_dir():
        raise ArticleNotFound(f"There is no folder {folder}.")
    names = ("article.yaml", "entities.yaml", "statements.yaml")
    return sorted({path.parent for name in names for path in folder.glob(f"*/{name}")})
