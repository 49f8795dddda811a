"""Values as RDF literals: dates at their true precision, numbers, durations."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from pyoxigraph import Literal, NamedNode

XSD = "http://www.w3.org/2001/XMLSchema#"
DATE_TYPES = frozenset({f"{XSD}gYear", f"{XSD}gYearMonth", f"{XSD}date"})

_YEAR = re.compile(r"[0-9]{4}")
_YEAR_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DURATION = re.compile(
    r"P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?", re.ASCII
)
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def typed(lexical: str, name: str) -> Literal:
    """A literal of an XML Schema datatype, by its local name."""
    return Literal(lexical, datatype=NamedNode(XSD + name))


def partial_date(text: str) -> Literal:
    """A year, a month or a day: `2017`, `2013-09`, `2014-12-10` (XML Schema, 3.3.9 to 3.3.11).

    Raises `ValueError` for any other form and for a date that does not exist.

    >>> partial_date("2013-09").datatype.value.rpartition("#")[2]
    'gYearMonth'
    """
    if _YEAR.fullmatch(text):
        date(int(text), 1, 1)
        return typed(text, "gYear")
    if month := _YEAR_MONTH.fullmatch(text):
        date(int(month[1]), int(month[2]), 1)
        return typed(text, "gYearMonth")
    if not _DAY.fullmatch(text):
        raise ValueError(f"“{text}” is no date")
    return typed(date.fromisoformat(text).isoformat(), "date")


def number(value: Decimal) -> Literal:
    """A whole number as `xsd:integer`, any other as `xsd:decimal`.

    >>> number(Decimal("51.67")).value, number(Decimal("22.0")).value
    ('51.67', '22')
    """
    if value == value.to_integral_value():
        return typed(str(int(value)), "integer")
    return typed(format(value, "f").rstrip("0"), "decimal")


def duration(text: str) -> Literal:
    """A duration such as `P3M` (XML Schema, 3.3.6). Raises `ValueError` for any other form."""
    if not _DURATION.fullmatch(text):
        raise ValueError(f"“{text}” is no duration")
    return typed(text, "duration")


def format_number(lexical: str) -> str:
    """A number with its thousands set apart, digits otherwise as they are.

    >>> format_number("97200000000"), format_number("51.67")
    ('97,200,000,000', '51.67')
    """
    return f"{Decimal(lexical):,f}" if _PLAIN_NUMBER.fullmatch(lexical) else lexical


def display_text(literal: Literal) -> str:
    """A literal as a person reads it."""
    kind = literal.datatype.value.rpartition("#")[2]
    return format_number(literal.value) if kind in {"integer", "decimal"} else literal.value


def literal_for(value: str | int | float, range_: frozenset[str]) -> Literal:
    """The literal of a value for a property with this range; `ValueError` when it does not fit."""
    if range_ <= DATE_TYPES:
        try:
            return partial_date(str(value))
        except ValueError as error:
            raise ValueError("no such date") from error
    if range_ == {f"{XSD}integer"}:
        if isinstance(value, str):
            raise ValueError("a whole number is wanted, and this is a text")
        if not isinstance(value, int):
            raise ValueError("a whole number is wanted")
        return typed(str(value), "integer")
    if range_ == {f"{XSD}decimal"}:
        if isinstance(value, str):
            raise ValueError("a number is wanted, and this is a text")
        return number(Decimal(str(value)))
    if range_ == {f"{XSD}duration"}:
        return duration(str(value))
    if not isinstance(value, str):
        raise ValueError("a text is wanted; put it in quotes")
    return Literal(re.sub(r"\s+", " ", value))


def mend_of_literal(range_: frozenset[str]) -> str:
    """How a literal for a property with this range is written."""
    if range_ <= DATE_TYPES:
        return "Write 2017, 2013-09 or 2014-12-10, and check the calendar."
    if range_ == {f"{XSD}duration"}:
        return "Write P3M for three months, P1Y for a year."
    if range_ <= {f"{XSD}integer", f"{XSD}decimal"}:
        return "Write a plain number, without quotes."
    return "Write it in quotes."
