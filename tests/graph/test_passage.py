"""Positions hold for any text."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import QuoteAmbiguous, QuoteNotFound
from graph.passage import Passage, blocks, locate, sentences, surroundings

TEXTS = st.text(
    alphabet=st.one_of(st.sampled_from("a 。？!\n#馬雲😀𠮷"), st.characters(codec="utf-8")),
    max_size=80,
)
arbitrary = settings(deadline=None, max_examples=150)


@arbitrary
@given(before=TEXTS, quote=TEXTS, after=TEXTS)
def test_a_quote_is_located_where_it_stands_once_or_not_at_all(
    before: str, quote: str, after: str
) -> None:
    text = before + quote + after
    places = [i for i in range(len(text)) if quote and text[i:].startswith(quote)]
    if len(places) == 1:
        passage = locate(quote, text)
        assert (passage.start, text[passage.start : passage.end]) == (places[0], quote)
    elif places:
        with pytest.raises(QuoteAmbiguous, match=f"{len(places)} times"):
            locate(quote, text)
    else:
        with pytest.raises(QuoteNotFound):
            locate(quote, text)


def test_a_quote_that_overlaps_itself_is_ambiguous() -> None:
    with pytest.raises(QuoteAmbiguous, match="2 times"):
        locate("哈哈", "哈哈哈")


def test_positions_count_code_points_not_bytes_nor_utf_16_units() -> None:
    assert locate("馬", "😀𠮷馬") == Passage(2, 3)


@arbitrary
@given(text=TEXTS, numbers=st.tuples(st.integers(0, 80), st.integers(0, 80)))
def test_surroundings_join_to_the_text(text: str, numbers: tuple[int, int]) -> None:
    start, end = sorted(min(number, len(text)) for number in numbers)
    before, after = surroundings(Passage(start, end), text)
    assert text[:start].endswith(before)
    assert text[end:].startswith(after)
    assert (len(before), len(after)) == (min(32, start), min(32, len(text) - end))


@arbitrary
@given(text=TEXTS)
def test_sentences_follow_each_other_and_miss_nothing_but_marks(text: str) -> None:
    found = sentences(text)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all("\n" not in text[p.start : p.end] and text[p.start : p.end].strip() for p in found)
    covered = {at for p in found for at in range(p.start, p.end)}
    missed = {text[at] for at in range(len(text)) if at not in covered}
    assert all(not character.strip() or character in "。？！?!" for character in missed)


@arbitrary
@given(text=TEXTS)
def test_blocks_hold_their_passages_and_miss_nothing_but_headings_marks(text: str) -> None:
    found = blocks(text)
    assert all(text[b.passage.start : b.passage.end] == b.text for b in found)
    assert all("\n\n" not in b.text for b in found)
    assert all(one.passage.end <= other.passage.start for one, other in pairwise(found))
    covered = {at for b in found for at in range(b.passage.start, b.passage.end)}
    assert {text[at] for at in range(len(text)) if at not in covered} <= {"\n", "#", " "}


def test_a_heading_has_its_level_and_a_paragraph_none() -> None:
    found = blocks("# 題\n\n## 一\n\n#不是\n\n文\n文\n\n\n####### 七\n")
    assert [(b.level, b.text) for b in found] == [
        (1, "題"), (2, "一"), (0, "#不是"), (0, "文\n文"), (0, "####### 七"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("inner", "outer", "within"),
    [
        ((2, 4), (2, 4), True),
        ((2, 4), (1, 5), True),
        ((2, 4), (3, 5), False),
        ((2, 6), (1, 5), False),
    ],
)
def test_a_passage_is_within_another_when_all_of_it_is(
    inner: tuple[int, int], outer: tuple[int, int], within: bool
) -> None:
    assert Passage(*inner).within(Passage(*outer)) is within
