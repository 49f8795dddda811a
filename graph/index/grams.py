"""The tokens by which folded names are found.

A name is cut into pairs of characters where Chinese is concerned and into threes of letters
elsewhere, so that any part of it is found; into its beginnings and those of its words, so that
what is typed first is found at once; and into its beginnings without one character, which two
spellings that differ by one slip have in common (deletion neighbourhoods, as in FastSS).

Tokens only narrow down: who asks looks at the names themselves afterwards. A name without
token that its query has would be lost, so names and queries are cut by the same functions.
"""

from __future__ import annotations

from collections.abc import Iterable

from graph.index.folding import is_wide

# Private use characters, which no folded text holds, tell the kinds of tokens apart.
START = "\ue000"
END = "\ue001"
_WORD = "\ue002"
_WHOLE = "\ue003"
_NEAR = "\ue004"
_CLASS = "\ue005"
_ARTICLE = "\ue006"
FIGURE = "\ue007"

BEGINNING = 8
_ENOUGH = 6
_WHOLE_LENGTH = 64
NEAR_LENGTH = 5
_NEAR_LETTERS = 4
_NEAR_CHARACTERS = 3


def inner(text: str) -> list[str]:
    """The tokens of each part of a text: every name that holds the text has all of them."""
    last = len(text) - 2
    if text.isascii():
        return [text[at : at + 3] for at in range(last)]
    wide = [is_wide(sign) for sign in text]
    found: list[str] = []
    for at, sign in enumerate(text):
        if wide[at]:
            found.append(sign)
        if at <= last and (wide[at] or wide[at + 1]):
            found.append(text[at : at + 2])
        elif at < last and not wide[at] and not wide[at + 2]:
            found.append(text[at : at + 3])
    return found


def some_inner(text: str, enough: int = _ENOUGH) -> list[str]:
    """A few tokens of a text, from all along it: enough to narrow down by, and quicker."""
    every = list(dict.fromkeys(inner(text)))
    found = [token for token in every if len(token) > 1] or every
    if len(found) <= enough:
        return found
    return [found[round(place * (len(found) - 1) / (enough - 1))] for place in range(enough)]


def whole(text: str) -> str:
    """The token of a name that is this text, or begins with its first 64 characters."""
    return _WHOLE + text[:_WHOLE_LENGTH]


def beginning(text: str) -> str:
    """The token of names that begin with the text's first eight characters."""
    return START + text[:BEGINNING]


def word_beginning(text: str) -> str:
    """The same for words within names."""
    return _WORD + text[:BEGINNING]


def near(text: str) -> set[str]:
    """The tokens of which a beginning that is one slip away has at least one.

    None for what is too short: four letters or three Chinese characters at least.
    """
    part = text[:NEAR_LENGTH]
    if not can_slip(part):
        return set()
    cuts = {_NEAR + part[:at] + part[at + 1 :] for at in range(len(part))}
    return cuts | {_NEAR + part} if len(part) < NEAR_LENGTH else cuts


def can_slip(text: str) -> bool:
    """Whether a text is long enough that one slip leaves something of it."""
    return len(text) >= (_NEAR_CHARACTERS if any(map(is_wide, text)) else _NEAR_LETTERS)


def of_class(number: int) -> str:
    """The token of things of a class."""
    return f"{_CLASS}{number}"


def of_article(number: int) -> str:
    """The token of things that an article speaks of."""
    return f"{_ARTICLE}{number}"


def tokens(forms: Iterable[tuple[str, Iterable[int]]], initials: Iterable[str]) -> set[str]:
    """All tokens of a thing's names: each a folded form and where its words begin.

    Nobody slips in `initials` in a way that could be told from other initials.
    """
    found: set[str] = set()
    for form in initials:
        found.update(inner(form))
        found.add(whole(form))
        for begun in _beginnings(form):
            found.update((START + begun, _WORD + begun))
    for form, words in forms:
        found.update(inner(form))
        found.add(whole(form))
        found.update([START + begun for begun in _beginnings(form)])
        for at in {0, *words}:
            part = form[at : at + BEGINNING]
            found.update([_WORD + begun for begun in _beginnings(part)])
            found |= near(part)
    return found


def _beginnings(text: str) -> list[str]:
    return [text[:length] for length in range(1, min(len(text), BEGINNING) + 1)]
