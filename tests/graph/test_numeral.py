"""Numerals in text, and the literals that equal them."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.numeral import numerals

PUBLISHED = date(2020, 2, 8)


@pytest.mark.parametrize(
    ("text", "literals"),
    [
        ("營收972億", {"97200000000"}),
        ("达11.51亿", {"1151000000"}),
        ("120萬人", {"1200000"}),
        ("1,234,567", {"1234567"}),
        ("占73%", {"73"}),
        ("2014年12月10日", {"2014-12-10"}),
        ("2013年9月", {"2013-09"}),
        ("2012年", {"2012"}),
        ("2月3日", {"2020-02-03"}),
        ("上年第三季", {"2019-07", "2019-09"}),
        ("三季報", {"2019-07", "2019-09"}),
        ("今年第一季度", {"2020-01", "2020-03"}),
        ("連續三個季度", {"P9M", "3"}),
        ("一個季度", {"P3M", "1"}),
        ("五次", {"5"}),
        ("兩次", {"2"}),
        ("第一名", {"1"}),
        ("第一個版本", {"1"}),
        ("首次", {"1"}),
        ("十二家", {"12"}),
        ("2020-02-08", {"2020-02-08"}),
        ("1.2 million", {"1200000"}),
        ("$3bn", {"3000000000"}),
        ("5k", {"5000", "5"}),
        ("5 m", {"5000000", "5"}),
    ],
)
def test_a_numeral_equals_its_literals(text: str, literals: set[str]) -> None:
    (found,) = numerals(text, PUBLISHED)
    assert found.literals == literals


@pytest.mark.parametrize("text", ["20至30萬", "20~30万", "20–30萬元"])
def test_the_numbers_of_a_range_share_their_multiple(text: str) -> None:
    low, high = numerals(text, PUBLISHED)
    assert "200000" in low.literals
    assert high.literals == {"300000"}


def test_a_range_is_two_numerals() -> None:
    found = [sorted(n.literals) for n in numerals("600~1000分鐘", PUBLISHED)]
    assert found == [["600"], ["1000"]]


@pytest.mark.parametrize(
    "text", ["一些人", "一大批", "一定程度", "又一次失敗", "之一", "一個王國", "百度", "十十一"]
)
def test_what_is_no_numeral_counts_nothing(text: str) -> None:
    assert numerals(text, PUBLISHED) == []


def test_a_rate_need_not_be_said() -> None:
    (found,) = numerals("每個月", PUBLISHED)
    assert (found.literals, found.optional) == (frozenset({"P1M"}), True)


@given(st.text(alphabet="一二兩三十百千萬億0123456789.年月日季度第首次個 每均%~", max_size=24))
def test_numerals_never_overlap_and_stand_in_the_text(text: str) -> None:
    found = numerals(text, PUBLISHED)
    for one, other in itertools.pairwise(found):
        assert one.passage.end <= other.passage.start
    for numeral in found:
        assert text[numeral.passage.start : numeral.passage.end] == numeral.text
        assert numeral.literals
