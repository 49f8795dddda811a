"""Folds names, so that the same name written in several ways is the same text.

Case, width, accents and punctuation go; Traditional characters become Simplified ones, each
by itself, so that a part of a name folds as the whole does. A name in Chinese has two more
forms: its pinyin without tones, and the initials of it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from graph.script import simplified

LONGEST = 256
_WIDE_FROM = "\u2e80"  # CJK and all beyond: scripts whose single signs are words, or nearly
_SYMBOLS = {ord(sign): ord(sign) + 0xFEE0 for sign in "+$<=>^`|~"}  # their fullwidth forms
_PUNCTUATION = {ord(sign): ord(sign) + 0xFEE0 for sign in "!\"#%&'()*,-./:;?@[\\]_{}"}
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=\d)(?=[A-Za-z])")
_HAN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
_TONES = re.compile(r"(?:[a-zü]{1,6}[1-5]\s*)+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_ASCII_SYMBOL = re.compile(r"[+$<=>^`|~]")
_PLAIN_HAN = re.compile(r"[\u4e00-\u9fff]+")
_HAN_RANGES = ((0x3400, 0xA000), (0xF900, 0xFB00), (0x20000, 0x323B0))
_PLAIN_FROM = 2000  # names, after which it pays to know which characters have one reading


@cache
def _simplifying() -> dict[int, int]:
    """Each Traditional character that has a Simplified one, as `str.translate` takes it."""
    signs = [chr(code) for begin, end in _HAN_RANGES for code in range(begin, end)]
    pairs = zip(signs, simplified("\n".join(signs)).split("\n"), strict=True)
    return {ord(old): ord(new) for old, new in pairs if old != new and len(new) == 1}


@lru_cache(maxsize=65536)
def _kept(sign: str) -> bool:
    """Whether a character stays: letters, digits, symbols, and marks that are not accents."""
    category = unicodedata.category(sign)
    if category[0] == "M":
        block = ord(sign)
        return not (
            0x300 <= block < 0x370  # accents, the tones of pinyin among them
            or 0x591 <= block < 0x5C8  # points of Hebrew
            or 0x64B <= block < 0x660  # vowels of Arabic
            or 0xFE00 <= block < 0xFE10  # variants of emoji
        )
    return category[0] in "LN" or category in {"So", "Sm", "Sc", "Sk"}


def _plain(text: str) -> str:
    """Small letters without accents, in Simplified characters; other signs as they are."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    text = text.translate(_simplifying())
    return "".join(sign for sign in text if unicodedata.category(sign) != "Mn" or _kept(sign))


def words(text: str, *, humps: bool = True) -> list[str]:
    """The words of a text, folded; Chinese that is not parted by anything is one.

    With `humps`, a capital within a word begins another.

    >>> words("Hé Jiā, 釘釘 DingTalk")
    ['he', 'jia', '钉钉', 'ding', 'talk']
    """
    if _PLAIN_HAN.fullmatch(text):  # most Chinese names, and quick
        return [text.translate(_simplifying())]
    plain = _plain(_HUMP.sub(" ", text) if humps else text)
    if plain.isascii() and not _ASCII_SYMBOL.search(plain):
        return _ASCII_WORD.findall(plain)
    parted = "".join(sign if _kept(sign) else " " for sign in plain)
    return [unicodedata.normalize("NFC", word).translate(_SYMBOLS) for word in parted.split()]


def fold(text: str) -> str:
    """A text without all that ways of writing differ in; 256 characters at most.

    A text of nothing but punctuation stands for itself.

    >>> fold("Ding-Talk"), fold("騰訊"), fold("mǎ yún")
    ('dingtalk', '腾讯', 'mayun')
    """
    text = text.strip()[: 2 * LONGEST]
    folded = "".join(words(text, humps=False)) or "".join(
        sign for sign in _plain(text) if unicodedata.category(sign)[0] not in "CZ"
    ).translate(_SYMBOLS | _PUNCTUATION)
    return folded[:LONGEST]


def without_tones(text: str) -> str | None:
    """Pinyin that has its tones as digits, folded without them; None for what is none.

    >>> without_tones("ma3 yun2")
    'mayun'
    """
    plain = unicodedata.normalize("NFC", text.casefold()).strip()
    return fold(re.sub(r"[1-5]", "", plain)) if _TONES.fullmatch(plain) else None


def is_wide(sign: str) -> bool:
    """Whether a character says about as much as a word does."""
    return sign >= _WIDE_FROM


def has_han(text: str) -> bool:
    """Whether there is a Chinese character."""
    return _HAN.search(text) is not None


class Reader:
    """Reads Chinese aloud; what has one reading only, without a dictionary of words."""

    def __init__(self) -> None:
        from pypinyin import Style, lazy_pinyin  # a quarter of a second

        def read(text: str) -> list[str]:
            return lazy_pinyin(text, style=Style.NORMAL)

        self._read = read
        self._count = 0
        self._readings: dict[str, str] = {}
        self._ambiguous: frozenset[str] | None = None

    def forms(self, folded: str) -> tuple[str, ...]:
        """Pinyin and initials of a folded name; nothing for what has no Chinese.

        >>> Reader().forms("阿里巴巴")
        ('alibaba', 'albb')
        """
        if not has_han(folded):
            return ()
        whole, initials = [], []
        at = 0
        for run in _HAN.finditer(folded):
            between = folded[at : run.start()]
            syllables = self._syllables(run[0])
            whole += [between, *syllables]
            initials += [between, *(syllable[:1] for syllable in syllables)]
            at = run.end()
        whole.append(folded[at:])
        initials.append(folded[at:])
        spelt = "".join(whole)[:LONGEST]
        forms = dict.fromkeys((spelt, "".join(initials)[:LONGEST]))
        if "v" in spelt:  # what is typed for ü
            forms[spelt.replace("v", "u")] = None
        return tuple(forms)

    def _syllables(self, run: str) -> list[str]:
        self._count += 1
        if self._count < _PLAIN_FROM:
            return list(self._read(run))
        if self._ambiguous is None:
            self._ambiguous = _ambiguous()
        if not self._ambiguous.isdisjoint(run):
            return list(self._read(run))
        return [self._reading(sign) for sign in run]

    def _reading(self, sign: str) -> str:
        found = self._readings.get(sign)
        if found is None:
            found = self._readings[sign] = "".join(self._read(sign))
        return found


def _ambiguous() -> frozenset[str]:
    """The characters that some word reads otherwise than they are read alone."""
    from pypinyin import Style, lazy_pinyin
    from pypinyin.constants import PHRASES_DICT
    from pypinyin.style import convert

    found: set[str] = set()
    alone: dict[str, str] = {}
    for phrase, readings in PHRASES_DICT.items():
        for sign, reading in zip(phrase, readings, strict=False):
            if sign not in alone:
                alone[sign] = "".join(lazy_pinyin(sign, style=Style.NORMAL))
            if convert(reading[0], Style.NORMAL, strict=True) != alone[sign]:
                found.add(sign)
    return frozenset(found)
