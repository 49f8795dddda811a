"""What `/api/search` takes and answers."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from server.api_model import Answer, Named


class Asked(BaseModel):
    """What is looked for."""

    model_config = ConfigDict(populate_by_name=True)

    q: str = Field(
        "",
        max_length=1000,
        description="A name or a part of one, as far as typed: Traditional, Simplified, pinyin "
        "with or without tones, initials, English; or words of a text.",
        examples=["騰訊", "tengxun", "tx"],
    )
    limit: int = Field(10, ge=1, le=100, description="How many of each, things and passages.")
    offset: int = Field(0, ge=0, le=500, description="How many are left out at the beginning.")
    class_: str | None = Field(
        None, alias="class", max_length=2000, description="Things of one class: its IRI."
    )
    article: str | None = Field(
        None,
        max_length=2000,
        description="Of one article alone: its slug, or its IRI.",
        examples=["ma-yun-social"],
    )
    passages: bool = Field(True, description="Whether texts are looked through too.")
    figures: bool = Field(False, description="Whether figures are among the things.")


class FoundThing(Answer):
    """A thing, and by which of its names it was found."""

    iri: str
    label: str
    class_: Named | None = Field(None, alias="class")
    kind: str = Field("", description="The name of its class in short.")
    path: str
    matched: str = Field(description="The name that was found.")
    matched_language: str | None = Field(None, alias="matchedLanguage")
    degree: int | None = Field(None, description="Its links; null where nobody counted.")
    date: str | None = None


class FoundPassage(Answer):
    """A text that has the words, with where they are."""

    text: str
    language: str | None = None
    marks: list[tuple[int, int]] = Field(description="In Unicode code points, end excluded.")
    article: Named | None = None
    statement: str | None = Field(None, description="The IRI of a statement that rests on it.")
    path: str


class Found(Answer):
    """What was found, best first."""

    edition: str
    query: str
    ready: bool = Field(description="False while the index of this edition is being made.")
    partial: bool = Field(description="Names alone were asked, without an index.")
    total: int = Field(description="Things found; counted to 500.")
    more: bool = Field(description="Whether there are more than were counted.")
    things: list[FoundThing]
    passages_total: int = Field(alias="passagesTotal")
    passages_more: bool = Field(alias="passagesMore")
    passages: list[FoundPassage]
