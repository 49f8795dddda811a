"""What the query page's interface takes and gives, as documented and checked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from graph.row_evidence import TERM_LIMIT

LABEL_LIMIT = 2000
Iri = Annotated[str, StringConstraints(min_length=1, max_length=8192)]


class TermsQuery(BaseModel):
    """`class` asks for the predicates of its instances, `predicate` for its most usual objects."""

    class_: Iri | None = Field(None, alias="class", description="IRI of a class")
    predicate: Iri | None = Field(None, description="IRI of a predicate")


class UsedTerm(BaseModel):
    """A term that the data use; `name` is how a query writes it."""

    iri: str
    name: str
    count: int
    label: str
    labels: dict[str, str]
    synonyms: list[str]
    definition: str | None


class TermsAnswer(BaseModel):
    """Terms, most used first; `sampled` when only a part of the data was counted."""

    edition: str
    language: str
    prefixes: dict[str, str]
    classes: list[UsedTerm]
    predicates: list[UsedTerm]
    objects: list[UsedTerm]
    sampled: bool


class LabelsBody(BaseModel):
    """The things whose names are wanted."""

    iris: list[Iri] = Field(max_length=LABEL_LIMIT)


class NamedThing(BaseModel):
    """What a thing is called, and where this host tells about it."""

    label: str
    path: str
    kind: str | None


class LabelsAnswer(BaseModel):
    """Names by IRI."""

    edition: str
    labels: dict[str, NamedThing]


class RowTerm(BaseModel):
    """A term of an answer, as SPARQL 1.1 Query Results JSON writes it."""

    type: Literal["uri", "literal", "typed-literal", "bnode", "triple"]
    value: Annotated[str, StringConstraints(max_length=65536)] | dict[str, Any] = ""
    language: str | None = Field(None, alias="xml:lang", max_length=100)
    datatype: Iri | None = None


class EvidenceBody(BaseModel):
    """The terms of one row."""

    terms: list[RowTerm] = Field(max_length=TERM_LIMIT)


class EvidenceAnswer(BaseModel):
    """The statements that the row rests on, each in full; `total` counts those left out too."""

    edition: str
    statements: list[dict[str, Any]]
    total: int


class CodeBody(BaseModel):
    """A query to be asked from a program."""

    query: Annotated[str, StringConstraints(min_length=1, max_length=200_000)]


class Snippet(BaseModel):
    """Code to paste."""

    name: str
    label: str
    language: str
    code: str


class CodeAnswer(BaseModel):
    """The same query in several languages."""

    snippets: list[Snippet]


class LinkBody(BaseModel):
    """A path of one of our pages, with its query and fragment."""

    path: str


class LinkAnswer(BaseModel):
    """The short path."""

    path: str
