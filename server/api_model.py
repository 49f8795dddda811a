"""What `/api` answers: the parts that several answers share, as OpenAPI describes them.

Answers may bear more than is named here; a program ignores what it does not know.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(extra="allow", populate_by_name=True, defer_build=True)


class Named(Answer):
    """A thing, class or property: its IRI, its label, and the page about it here."""

    iri: str
    label: str
    path: str = Field("", description="The page about it on this host.")


class Term(Answer):
    """An RDF term with its label, or its text."""

    type: Literal["iri", "literal", "blank"]
    iri: str | None = None
    label: str | None = None
    path: str | None = None
    value: str | None = None
    text: str | None = None
    language: str | None = None
    datatype: str | None = None


class Node(Answer):
    """A thing as the network draws it."""

    id: str = Field(description="Its IRI.")
    label: str
    kind: str = Field("", description="The name of its class in short.")
    class_: str | None = Field(None, alias="class", description="The IRI of its class.")
    class_name: str | None = Field(None, alias="className", description="The label of its class.")
    camp: str | None = None
    shape: str
    x: float
    y: float
    date: str | None = None
    number: int | None = None
    shown: bool = Field(True, description="Whether it is drawn at first.")
    degree: int = 0


class Edge(Answer):
    """A fact between two things."""

    id: str = Field(description="“subject predicate object”, the three IRIs.")
    from_: str = Field(alias="from")
    to: str
    predicate: str
    label: str
    modality: str
    statements: list[str] = Field(description="The IRIs of the statements that say it.")


class NetworkClass(Answer):
    """A class of the network's nodes."""

    class_: str | None = Field(None, alias="class")
    kind: str
    event: bool
    label: str
    count: int
    shown: bool


class Network(Answer):
    """A network with its places."""

    edition: str
    language: str
    nodes: list[Node]
    edges: list[Edge]
    camps: dict[str, str]
    classes: list[NetworkClass]


class Passage(Answer):
    """Where a text says it, in Unicode code points from 0, end excluded."""

    start: int
    end: int
    exact: str | None = None
    language: str | None = None
    source: str | None = None


class Statement(Answer):
    """What an article states, or what follows from it, with its passages."""

    iri: str
    path: str = ""
    subject: Term
    predicate: Term
    object: Term
    text: str
    paraphrase: str | None = None
    passages: list[Passage] = []
    premises: list[str] = Field([], description="Of an inference: the statements it rests on.")


class Fact(Answer):
    """A triple about a thing, and the statements that say it."""

    subject: Term
    predicate: Term
    object: Term
    direction: Literal["in", "out"]
    asserted: bool
    statements: list[str]


class Name(Answer):
    """A name of a thing."""

    language: str
    text: str
    preferred: bool


class Facts(Answer):
    """All that is said of a thing."""

    iri: str
    label: str
    path: str = ""
    class_: Named | None = Field(None, alias="class")
    description: str | None = None
    names: list[Name]
    facts: list[Fact]
    figures: list[dict[str, Any]]
    statements: dict[str, Statement] = Field(description="By their IRIs.")
    definitions: dict[str, str] = Field(
        description="What predicates, metrics and the class mean, by their IRIs, where it is known."
    )


class Block(Answer):
    """A paragraph or heading (`level` 1 and more; 0 is a paragraph)."""

    level: int
    start: int
    end: int
    text: str


class CitedPassage(Answer):
    """A passage and the IRIs of the statements that cite it."""

    start: int
    end: int
    statements: list[str]


class Original(Answer):
    """The text that an article retells: how a reader knows a copy of it."""

    sha256: str
    length: int = Field(description="In Unicode code points.")


class ArticleText(Answer):
    """An article in one of its languages, with what its passages say."""

    slug: str
    title: str
    path: str
    language: str
    source: str
    translations: list[str]
    original: Original | None = None
    blocks: list[Block]
    passages: list[CitedPassage]
    statements: dict[str, Statement]


class OfThing(BaseModel):
    """Which thing."""

    iri: str = Field(
        description="An absolute IRI, of anyone's.",
        examples=["https://shuangma.example/id/DingTalk"],
        json_schema_extra={"format": "iri"},
    )


class OfText(BaseModel):
    """Which text of an article."""

    text: str | None = Field(None, description="The language of one of its texts.")
