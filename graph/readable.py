"""Figures and dates as a reader of one language writes them, with nothing rounded away.

Knows literals and languages; knows nothing of any vocabulary.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from pyoxigraph import Literal

from graph.value import XSD, format_number

_NUMBER_TYPES = frozenset(
    f"{XSD}{name}"
    for name in (
        *("integer", "decimal", "double", "float", "long", "int", "short", "byte"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
_SCALES: dict[str, tuple[tuple[int, str], ...]] = {
    "en": ((12, " trillion"), (9, " billion"), (6, " million")),
    "zh-Hant": ((12, "兆"), (8, "億"), (4, "萬")),
    "zh-Hans": ((12, "万亿"), (8, "亿"), (4, "万")),
}
_DECIMALS = 3
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})(?:T(?P<time>[0-9]{2}:[0-9]{2})"
    r"(?P<second>:[0-9]{2}(?:\.[0-9]+)?)?)?)?)?(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?"
)
_PRECISION = {
    f"{XSD}gYear": "year",
    f"{XSD}gYearMonth": "month",
    f"{XSD}date": "day",
    f"{XSD}dateTime": "time",
}


def readable_number(lexical: str, language: str) -> str:
    """A number in the words of a language where they hold all its digits, else in full.

    >>> readable_number("1151000000", "zh-Hant"), readable_number("1151000000", "en")
    ('11.51億', '1.151 billion')
    >>> readable_number("1234567", "en"), readable_number("22.5", "zh-Hans")
    ('1,234,567', '22.5')
    """
    try:
        value = Decimal(lexical)
    except InvalidOperation:
        return lexical
    if not value.is_finite():
        return lexical
    for power, word in _SCALES.get(language, _SCALES["en"]):
        if abs(value) >= Decimal(10) ** power:
            scaled = (value / Decimal(10) ** power).normalize()
            exponent = scaled.as_tuple().exponent
            if isinstance(exponent, int) and -exponent <= _DECIMALS and abs(scaled) < 10**6:
                return f"{scaled:,f}{word}"
            break
    if "e" in lexical.lower():
        return lexical if abs(value.adjusted()) > 15 else f"{value:,f}"
    return format_number(lexical)


@dataclass(frozen=True)
class Span:
    """A date at the precision that it is told in.

    `first` and `last` count days from the year 1; a day's are the same.
    """

    lexical: str
    precision: str
    first: int
    last: int


def span_of(literal: Literal) -> Span | None:
    """The days that a date, month, year or instant covers; None for what is no such literal.

    >>> from graph.value import typed
    >>> found = span_of(typed("2013-09", "gYearMonth"))
    >>> found.precision, found.last - found.first
    ('month', 29)
    """
    precision = _PRECISION.get(literal.datatype.value)
    if precision is None:
        return None
    return span_in(literal.value, precision)


def span_in(lexical: str, precision: str) -> Span | None:
    """The same of a date's text at a precision: `year`, `month`, `day` or `time`."""
    match = _DATE.fullmatch(lexical)
    if match is None:
        return None
    year, month, day = (int(match[name]) if match[name] else 0 for name in ("year", "month", "day"))
    try:
        first = date(year, month or 1, day or 1)
        if precision == "year":
            last = date(year, 12, 31)
        elif precision == "month":
            last = _next_month(first) - timedelta(days=1)
        else:
            last = first
    except (ValueError, OverflowError):
        return None
    return Span(lexical, precision, first.toordinal(), last.toordinal())


def readable_date(lexical: str, language: str) -> str:
    """A date at its own precision, as a language writes it; other texts stay as they are.

    >>> readable_date("2013-09", "zh-Hant"), readable_date("2014-12-10", "en")
    ('2013年9月', '10 December 2014')
    """
    match = _DATE.fullmatch(lexical)
    if match is None or (match["month"] and not 1 <= int(match["month"]) <= 12):
        return lexical
    year, month, day, time = match["year"], match["month"], match["day"], match["time"]
    if language == "en":
        parts = [str(int(day))] if day else []
        parts += [_MONTHS[int(month) - 1]] if month else []
        told = " ".join([*parts, year])
    else:
        told = f"{year}年"
        told += f"{int(month)}月" if month else ""
        told += f"{int(day)}日" if day else ""
    zone = {"Z": " UTC", None: ""}.get(match["zone"], f" {match['zone']}") if time else ""
    return f"{told}{', ' if language == 'en' else ' '}{time}{zone}" if time else told


def readable_text(lexical: str, datatype: str | None, language: str) -> str:
    """A literal as a reader of the language writes it."""
    if datatype in _PRECISION:
        return readable_date(lexical, language)
    if datatype in _NUMBER_TYPES:
        return format_number(lexical)
    return lexical


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
