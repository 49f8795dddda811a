"""The check against the original, on an article invented for it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.article import read_article
from graph.compile import compile_article
from graph.errors import OriginalMismatch
from graph.original import OriginalReport, check_original
from ontology import Vocabulary

PROJECT = Path(__file__).parent.parent.parent
ORIGINAL = "老茶館2019年3月在成都開張。去年老茶館賣出120萬碗茶，比新茶樓多兩成！店主是小明。\n"
FILES = {
    "article.yaml": """\
title: {zh-Hant: 茶館, en: Tea}
author: XiaoMing
date: 2020-02-08
language: zh-Hant
original:
  sha256: SHA
  length: LENGTH
""",
    "text.zh-Hant.md": "# 茶館\n\n小明的店一九年春天開門，一年賣茶無數，勝過對手。店主正是他。\n",
    "entities.yaml": """\
XiaoMing: {class: Person, label: {zh-Hant: 小明}}
TeaHouse: {class: Company, label: {zh-Hant: 老茶館}}
Rival: {class: Company, label: {zh-Hant: 新茶樓}}
Opening: {class: Launch, label: {zh-Hant: 開張}}
Bowls: {class: Metric, label: {zh-Hant: 碗數}}
""",
    "statements.yaml": """\
statements:
  - key: opening
    quote: 小明的店一九年春天開門
    source: [0, 15]
    facts:
      opening-of: [Opening, launched, TeaHouse]
      opening-date: [Opening, startDate, 2019-03]
  - key: bowls
    quote: 一年賣茶無數
    source: [16, 29]
    observations:
      bowls-sold: {about: TeaHouse, metric: Bowls, value: 1200000, unit: number, printed: 120萬}
  - key: ahead
    quote: 勝過對手
    source: [30, 38]
    implied: [TeaHouse]
    observations:
      ahead-by: {about: Rival, metric: Bowls, value: 2, unit: number, printed: 兩成}
    facts:
      rival: [TeaHouse, outdid, Rival]
  - key: owner
    quote: 店主正是他
    source: [39, 44]
    implied: [TeaHouse]
    facts:
      owner: [XiaoMing, controls, TeaHouse]
""",
}

Check = Callable[..., OriginalReport]


@pytest.fixture
def check(tmp_path: Path, vocabulary: Vocabulary) -> Check:
    """Checks the invented article after replacing one text by another in one file."""

    def run(file: str = "", old: str = "", new: str = "") -> OriginalReport:
        folder = tmp_path / "tea"
        folder.mkdir(exist_ok=True)
        original = tmp_path / "original.txt"
        original.write_text(ORIGINAL, "utf-8", newline="\n")
        for name, text in FILES.items():
            if name == file:
                assert text.count(old) == 1
                text = text.replace(old, new)
            text = text.replace("SHA", hashlib.sha256(ORIGINAL.encode()).hexdigest())
            text = text.replace("LENGTH", str(len(ORIGINAL)))
            (folder / name).write_text(text, "utf-8", newline="\n")
        compiled = compile_article(read_article(folder), vocabulary)
        return check_original(compiled, original, vocabulary)

    return run


def test_an_article_that_covers_its_original_has_no_problem(check: Check) -> None:
    report = check()
    assert report.problems == ()
    assert (report.spans, report.numerals) == (4, 3)


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("statements.yaml", "[0, 15]", "[0, 20]", "not within one sentence"),
        ("statements.yaml", "[0, 15]", "[3, 15]", "does not name TeaHouse"),
        ("statements.yaml", "[0, 15]", "[3, 15]", "No span covers “老茶館” (TeaHouse) at [0, 3]"),
        ("statements.yaml", "[0, 15]", "[0, 8]", "no numeral that equals 2019-03"),
        ("statements.yaml", "2019-03", "2019-04", "no numeral that equals 2019-04"),
        ("statements.yaml", "2019-03", "2019-04", "No literal equals the numeral “2019年3月”"),
        ("statements.yaml", "printed: 120萬", "printed: 120万", "does not print “120万”"),
        (
            "statements.yaml",
            "[30, 38]\n    implied: [TeaHouse]",
            "[30, 38]",
            "does not name TeaHouse",
        ),
        ("statements.yaml", "[30, 38]", "[18, 38]", "does name TeaHouse, so it is not implied"),
        ("statements.yaml", "[16, 29]", "[16, 21]", "No span covers the numeral “120萬”"),
        (
            "entities.yaml",
            "{zh-Hant: 小明}",
            "{zh-Hant: 小明}, variants: [阿明]",
            "nowhere says “阿明”",
        ),
    ],
)
def test_what_the_original_does_not_bear_out_is_found(
    check: Check, file: str, old: str, new: str, expected: str
) -> None:
    messages = [str(problem) for problem in check(file, old, new).problems]
    assert any(expected in message for message in messages), messages
    assert all(".yaml:" in message for message in messages)


@pytest.mark.parametrize("data", [b"other", b"\xff\xfe", b""])
def test_a_file_that_is_not_the_original_is_refused(
    check: Check, tmp_path: Path, vocabulary: Vocabulary, data: bytes
) -> None:
    check()
    other = tmp_path / "other.txt"
    other.write_bytes(data)
    compiled = compile_article(read_article(tmp_path / "tea"), vocabulary)
    with pytest.raises(OriginalMismatch, match="SHA-256"):
        check_original(compiled, other, vocabulary)


@pytest.mark.skipif(
    "SHUANGMA_ORIGINAL" not in os.environ, reason="SHUANGMA_ORIGINAL names no copy of the original"
)
def test_the_article_of_the_two_mas_covers_its_original(vocabulary: Vocabulary) -> None:
    folder = PROJECT / "data" / "articles" / "ma-yun-social"
    compiled = compile_article(read_article(folder), vocabulary)
    report = check_original(compiled, Path(os.environ["SHUANGMA_ORIGINAL"]), vocabulary)
    assert [str(problem) for problem in report.problems] == []
    assert report.numerals > 45
