"""One name in several scripts: Traditional, Simplified, pinyin.

Knows the converters (OpenCC, pypinyin) and the language tags that labels bear.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import opencc

TRADITIONAL = "zh-Hant"
SIMPLIFIED = "zh-Hans"
ENGLISH = "en"
PINYIN = "zh-Latn-pinyin"

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")


@cache
def _converter(configuration: str) -> opencc.OpenCC:
    return opencc.OpenCC(configuration)


def simplified(text: str) -> str:
    """Traditional to Simplified Chinese.

    >>> simplified("釘釘")
    '钉钉'
    """
    return str(_converter("t2s").convert(text))


def simplified_phrases(text: str) -> str:
    """Traditional as written in Taiwan to Simplified, with the words of the mainland.

    >>> simplified_phrases("程式")
    '程序'
    """
    return str(_converter("tw2sp").convert(text))


def traditional(text: str) -> str:
    """Simplified to Traditional Chinese.

    >>> traditional("钉钉")
    '釘釘'
    """
    return str(_converter("s2t").convert(text))


def pinyin(text: str) -> str:
    """Pinyin with tone marks; what is not Chinese stays as it is.

    >>> pinyin("釘釘")
    'dīng dīng'
    """
    from pypinyin import Style, lazy_pinyin  # a quarter of a second, for builds alone

    syllables = lazy_pinyin(simplified(text), style=Style.TONE)
    return re.sub(r"\s+", " ", " ".join(part.strip() for part in syllables)).strip()


def labels_in_all_scripts(given: Mapping[str, str]) -> dict[str, str]:
    """Complete labels by those that can be derived from the ones given.

    A label that is given is kept. Where no Chinese is given, none is invented.

    >>> labels_in_all_scripts({"zh-Hant": "釘釘", "en": "DingTalk"})["zh-Hans"]
    '钉钉'
    """
    labels = dict(given)
    if TRADITIONAL in labels:
        labels.setdefault(SIMPLIFIED, simplified(labels[TRADITIONAL]))
    elif SIMPLIFIED in labels:
        labels.setdefault(TRADITIONAL, traditional(labels[SIMPLIFIED]))
    if TRADITIONAL in labels:
        labels.setdefault(PINYIN, pinyin(labels[TRADITIONAL]))
    return dict(sorted(labels.items()))


def is_chinese(text: str) -> bool:
    """Whether the text has at least one Chinese character.

    >>> is_chinese("QQ"), is_chinese("微信")
    (False, True)
    """
    return _HAN.search(text) is not None
