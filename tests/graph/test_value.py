"""Values as literals: what goes in comes out, and nothing else goes in."""

import calendar
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal

from graph.script import is_chinese, labels_in_all_scripts, pinyin, simplified, traditional
from graph.value import display_text, duration, format_number, number, partial_date, typed

arbitrary = settings(deadline=None, max_examples=150)


def local_type(literal: Literal) -> str:
    return literal.datatype.value.rpartition("#")[2]


@arbitrary
@given(day=st.dates())
def test_a_date_keeps_its_precision(day: date) -> None:
    text = day.isoformat()
    for lexical, kind in [(text, "date"), (text[:7], "gYearMonth"), (text[:4], "gYear")]:
        literal = partial_date(lexical)
        assert (literal.value, local_type(literal)) == (lexical, kind)


@arbitrary
@given(year=st.integers(1, 9999), month=st.integers(0, 99), day=st.integers(0, 99))
def test_a_date_that_does_not_exist_is_refused(year: int, month: int, day: int) -> None:
    exists = 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
    text = f"{year:04}-{month:02}-{day:02}"
    if exists:
        assert partial_date(text).value == text
    else:
        with pytest.raises(ValueError, match=r"\w"):
            partial_date(text)


@arbitrary
@given(text=st.text(alphabet="0123456789-WT:Z+ ２０", max_size=12) | st.text(max_size=12))
def test_any_other_text_is_no_date(text: str) -> None:
    try:
        literal = partial_date(text)
    except ValueError:
        return
    assert literal.value == text
    assert text.isascii()
    assert len(text) == {"gYear": 4, "gYearMonth": 7, "date": 10}[local_type(literal)]


@arbitrary
@given(
    value=st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**40)
)
def test_a_number_keeps_its_value(value: Decimal) -> None:
    literal = number(value)
    assert Decimal(literal.value) == value
    assert "E" not in literal.value.upper()
    assert local_type(literal) == ("decimal" if "." in literal.value else "integer")


@arbitrary
@given(parts=st.lists(st.integers(0, 10**6) | st.none(), min_size=6, max_size=6))
def test_a_duration_needs_at_least_one_part(parts: list[int | None]) -> None:
    written = [
        f"{n}{unit}" if n is not None else "" for n, unit in zip(parts, "YMDHMS", strict=True)
    ]
    time = "".join(written[3:])
    text = "P" + "".join(written[:3]) + (f"T{time}" if time else "")
    if text == "P":
        with pytest.raises(ValueError, match="no duration"):
            duration(text)
    else:
        assert duration(text).value == text


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1", "1M", "P1M ", "P1H", "P１M", "P-1M", "P1M\n"]
)
def test_a_text_that_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no duration"):
        duration(text)


@arbitrary
@given(text=st.text(max_size=30) | st.from_regex(r"-?[0-9]{1,40}(\.[0-9]{1,40})?", fullmatch=True))
def test_a_number_is_displayed_with_all_its_digits_and_commas_alone(text: str) -> None:
    shown = format_number(text)
    assert (
        shown == text
        or shown.replace(",", "") == text.lstrip("0").replace("-0", "-")
        or (Decimal(shown.replace(",", "")) == Decimal(text))
    )


@pytest.mark.parametrize(
    "lexical", ["1e999999999", "NaN", "INF", "-inf", "many", "", "1_000", "１"]
)
def test_what_is_no_plain_number_is_displayed_as_it_is(lexical: str) -> None:
    assert format_number(lexical) == lexical
    assert display_text(typed(lexical, "decimal")) == lexical


def test_a_text_is_displayed_as_it_is() -> None:
    assert display_text(Literal("1151000000")) == "1151000000"
    assert display_text(typed("1151000000", "integer")) == "1,151,000,000"


LANGUAGES = st.sampled_from(["zh-Hant", "zh-Hans", "zh-Latn-pinyin", "en", "de", "zh", ""])


@arbitrary
@given(labels=st.dictionaries(LANGUAGES, st.text(st.characters(codec="utf-8"), max_size=30)))
def test_labels_are_completed_whatever_they_hold(labels: dict[str, str]) -> None:
    completed = labels_in_all_scripts(labels)
    assert labels.items() <= completed.items()
    derived = completed.keys() - labels.keys()
    assert derived <= {"zh-Hant", "zh-Hans", "zh-Latn-pinyin"}
    assert not derived or labels.keys() & {"zh-Hant", "zh-Hans"}
    assert list(completed) == sorted(completed)


@pytest.mark.parametrize(
    ("hant", "hans", "latin"),
    [("釘釘", "钉钉", "dīng dīng"), ("QQ", "QQ", "QQ"), ("WeLink雲", "WeLink云", "WeLink yún")],
)
def test_names_go_from_script_to_script(hant: str, hans: str, latin: str) -> None:
    assert (simplified(hant), traditional(hans), pinyin(hant)) == (hans, hant, latin)


@pytest.mark.parametrize(
    ("text", "chinese"), [("微信", True), ("QQ", False), ("a馬", True), ("𠮷", True), ("。", False)]
)
def test_chinese_is_told_by_its_characters(text: str, chinese: bool) -> None:
    assert is_chinese(text) is chinese
