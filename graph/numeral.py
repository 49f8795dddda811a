"""Numerals in Chinese and English text: numbers, dates and durations, with their values.

Each numeral knows the literals that would equal it. Dates that leave out the year,
or say "last year" or "the third quarter", are resolved against a day of publication.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from graph.passage import Passage
from graph.script import simplified
from graph.value import number

_MULTIPLIERS = {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_WORDS = {
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "k": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "tn": 10**12,
}
_AMBIGUOUS = frozenset({"k", "m", "b"})  # 5 m may be five metres
_HAN = "零一二三四五六七八九十百千兩两"

# Where 一 and 二 count nothing: articles, adverbs, "one of the", "once more", "a stretch".
_IDIOMS = re.compile(
    r"(?<!第)(?:一[些定般直樣样旦場场塊块點点]|一大批|一[個个](?!季度|月|年))|又一次|之一"
)

_TIMESTAMP = re.compile(r"(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})?")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日")
_MONTH = re.compile(r"(\d{4})年(\d{1,2})月")
_YEAR = re.compile(r"(\d{4})年")
_QUARTER = re.compile(r"(上年|去年|今年|本年)?第?([一二三四1-4])季(?:度|報|报)?")
_DURATION = re.compile(rf"([{_HAN}\d]+)[個个](季度|月|年)")
_RATE = re.compile(r"每[個个]?(季度|季|月|年)|([月年])均")
_NUMBER = re.compile(
    r"(\d+(?:,\d{3})*(?:\.\d+)?)"
    r"(?:([百千萬万億亿]+)|\s?(hundred|thousand|million|billion|trillion|bn|mn|tn|k|m|b)\b)?"
    # the first number of a range shares what the second is multiplied by: 20至30萬
    r"(?=\s?(?:[~～–—-]|至|到|to)\s?\d+(?:\.\d+)?"
    r"(?:([百千萬万億亿]+)|\s?(hundred|thousand|million|billion|trillion|bn|mn|tn)\b))?",
    re.IGNORECASE,
)
_FIRST = re.compile(r"首次|首度|首[個个款家]")
_CHINESE = re.compile(rf"[{_HAN}]+")
_MONTHS = {"季度": 3, "季": 3, "月": 1, "年": 12}


@dataclass(frozen=True, order=True)
class Numeral:
    """A numeral in a text. `literals` are the lexical forms that equal it.

    A rate such as "a month" is optional: it need not be said by any literal.
    """

    passage: Passage
    text: str
    literals: frozenset[str]
    optional: bool = False


def numerals(text: str, published: date) -> list[Numeral]:
    """All numerals of a text, in order, none inside another.

    >>> [sorted(n.literals) for n in numerals("2月3日達11.51億，占73%", date(2020, 2, 8))]
    [['2020-02-03'], ['1151000000'], ['73']]
    """
    taken: list[Passage] = [Passage(*m.span()) for m in _IDIOMS.finditer(text)]
    found: list[Numeral] = []
    for match, literals, optional in _candidates(text, published):
        passage = Passage(*match.span())
        if literals and not any(_overlap(passage, other) for other in taken):
            taken.append(passage)
            found.append(Numeral(passage, match.group(), frozenset(literals), optional))
    return sorted(found, key=lambda numeral: numeral.passage)


def _candidates(text: str, published: date) -> Iterator[tuple[re.Match[str], set[str], bool]]:
    """Every kind of numeral, the longer kinds before those that they contain."""
    for m in _TIMESTAMP.finditer(text):
        yield m, {m[0], m[1], m[0].replace("+00:00", "Z")}, False
    for m in _ISO_DATE.finditer(text):
        yield m, {m[0]}, False
    for m in _DAY.finditer(text):
        yield m, {f"{m[1] or published.year}-{int(m[2]):02d}-{int(m[3]):02d}"}, False
    for m in _MONTH.finditer(text):
        yield m, {f"{m[1]}-{int(m[2]):02d}"}, False
    for m in _YEAR.finditer(text):
        yield m, {m[1]}, False
    for m in _DURATION.finditer(text):
        count = _chinese(m[1])
        if count is None:
            continue
        months = count * _MONTHS[m[2]]
        period = f"P{months // 12}Y" if m[2] == "年" else f"P{months}M"
        yield m, {period, str(count)}, False
    for m in _QUARTER.finditer(text):
        last = published.year - 1
        year = {"今年": published.year, "本年": published.year}.get(m[1] or "", last)
        first = 3 * (_chinese(m[2]) or 1) - 2
        yield m, {f"{year}-{first:02d}", f"{year}-{first + 2:02d}"}, False
    for m in _RATE.finditer(text):
        unit = m[1] or m[2]
        yield m, {"P1Y" if unit == "年" else f"P{_MONTHS[unit]}M"}, True
    for m in _NUMBER.finditer(text):
        literals = {_scaled(m[1], m[2] or "", m[3] or "")}
        if m[4] or m[5]:
            literals.add(_scaled(m[1], m[4] or "", m[5] or ""))
        if (m[3] or "").lower() in _AMBIGUOUS:
            literals.add(_scaled(m[1], "", ""))
        yield m, literals, False
    for m in _FIRST.finditer(text):
        yield m, {"1"}, False
    for m in _CHINESE.finditer(text):
        value = _chinese(m[0])
        yield m, set() if value is None else {str(value)}, False


def _scaled(digits: str, multipliers: str, word: str) -> str:
    value = Decimal(digits.replace(",", "")) * _WORDS.get(word.lower(), 1)
    for each in simplified(multipliers):
        value *= _MULTIPLIERS[each]
    return number(value).value


def _chinese(text: str) -> int | None:
    """The value of a numeral in Chinese or Arabic digits; none for 百 of 百度 and the like."""
    if text.isdigit() and text.isascii():
        return int(text)
    import cn2an  # a quarter of a second, for builds alone

    try:
        return int(cn2an.cn2an(simplified(text).replace("两", "二"), "normal"))
    except (ValueError, LookupError):
        return None


def _overlap(one: Passage, other: Passage) -> bool:
    return one.start < other.end and other.start < one.end
