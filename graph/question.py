"""The example questions: SPARQL files with titles and descriptions in their comments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from graph.errors import ShuangmaError
from graph.label import nearest
from graph.script import simplified

_LEADING = re.compile(r"^#\s*leading:\s*(\d+)\s*$")
_WORDS = re.compile(r"\bsm:passage(?=/oa:hasSelector/oa:exact\b)")
_HEADER = re.compile(r"^#\s*(title|description)@([A-Za-z-]+):\s*(.+)$")


@dataclass(frozen=True)
class Question:
    """One question. `titles` and `descriptions` map languages to texts; `query` is all of it.

    `leading` is its place among those that are shown first, from 1; 0 for the others.
    """

    name: str
    titles: dict[str, str]
    descriptions: dict[str, str]
    query: str
    leading: int = 0

    def title(self, language: str) -> str:
        """The title in the language nearest to the one wanted."""
        return nearest(self.titles, language) or self.name

    def query_by(self, passage: str) -> str:
        """The query with the words of another passage: `translatedPassage` for `passage`."""
        return _WORDS.sub(f"sm:{passage}", self.query)

    def description(self, language: str) -> str:
        """The description in the language nearest to the one wanted."""
        return nearest(self.descriptions, language) or ""


def read_questions(folder: Path) -> list[Question]:
    """Read all `*.rq` of a folder: the leading ones, then the others in the order of their names.

    Raises `ShuangmaError` when one has no title in English or Chinese.
    """
    questions = [_read(path) for path in sorted(folder.glob("*.rq"))]
    return sorted(questions, key=lambda question: (not question.leading, question.leading))


def _read(path: Path) -> Question:
    text = path.read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = {"title": {}, "description": {}}
    body: list[str] = []
    leading = 0
    for line in text.splitlines():
        if match := _HEADER.match(line):
            found[match[1]][match[2].lower()] = match[3].strip()
        elif match := _LEADING.match(line):
            leading = int(match[1])
        else:
            body.append(line)
    for texts in found.values():
        if "zh-hant" in texts:
            texts.setdefault("zh-hans", simplified(texts["zh-hant"]))
    if not {"en", "zh-hant"} <= found["title"].keys():
        raise ShuangmaError(f"{path} lacks a line `# title@en: …` or `# title@zh-Hant: …`.")
    query = "\n".join(body).strip() + "\n"
    return Question(path.stem, found["title"], found["description"], query, leading)
