"""Where a text says something: quotes, positions, sentences.

Knows plain text. Positions count Unicode code points from 0, end excluded
(RFC 5147, section 2.2.1; Web Annotation Data Model, 4.2.5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from graph.errors import QuoteAmbiguous, QuoteNotFound

_CONTEXT_LENGTH = 32
_SENTENCE = re.compile(r"[^。？！?!\n]+[。？！?!]*")


@dataclass(frozen=True, order=True)
class Passage:
    """A stretch of a text, in code points."""

    start: int
    end: int

    @property
    def fragment(self) -> str:
        """The fragment identifier of RFC 5147, for instance `char=5,7`."""
        return f"char={self.start},{self.end}"

    def within(self, other: Passage) -> bool:
        """Whether all of this passage lies in `other`."""
        return other.start <= self.start and self.end <= other.end


def locate(quote: str, text: str) -> Passage:
    """Find the one place where `text` says `quote`.

    Raises `QuoteNotFound` when the text does not contain the quote, and
    `QuoteAmbiguous` when it does so more than once.

    >>> locate("成都", text="小明出生於成都。")
    Passage(start=5, end=7)
    """
    start = text.find(quote) if quote else -1
    if start < 0:
        raise QuoteNotFound(quote)
    if text.find(quote, start + 1) >= 0:  # `count` would pass over those that overlap
        count = sum(text.startswith(quote, at) for at in range(start, len(text)))
        raise QuoteAmbiguous(quote, count)
    return Passage(start, start + len(quote))


def surroundings(passage: Passage, text: str) -> tuple[str, str]:
    """The text just before and just after a passage: the selector's prefix and suffix.

    >>> surroundings(Passage(2, 4), "小明出生於成都。")
    ('小明', '於成都。')
    """
    before = text[max(0, passage.start - _CONTEXT_LENGTH) : passage.start]
    return before, text[passage.end : passage.end + _CONTEXT_LENGTH]


def sentences(text: str) -> list[Passage]:
    """The sentences of a Chinese or English text; a line break ends one too.

    >>> [p.fragment for p in sentences("天晴。我走了！")]
    ['char=0,3', 'char=3,7']
    """
    found = []
    for match in _SENTENCE.finditer(text):
        if match.group().strip():
            found.append(Passage(match.start(), match.end()))
    return found


@dataclass(frozen=True)
class Block:
    """A heading or paragraph of a retelling; `level` is 0 for a paragraph, else 1 to 6."""

    passage: Passage
    text: str
    level: int


_BLOCK = re.compile(r"[^\n]+(?:\n[^\n]+)*")
_HEADING = re.compile(r"(#{1,6}) +")


def blocks(text: str) -> list[Block]:
    r"""The headings and paragraphs of a text, split at blank lines.

    >>> [(b.level, b.text) for b in blocks("# 題\n\n文一\n\n文二\n")]
    [(1, '題'), (0, '文一'), (0, '文二')]
    """
    found = []
    for match in _BLOCK.finditer(text):
        heading = _HEADING.match(match.group())
        skip = heading.end() if heading else 0
        found.append(
            Block(
                passage=Passage(match.start() + skip, match.end()),
                text=match.group()[skip:],
                level=len(heading.group(1)) if heading else 0,
            )
        )
    return found
