"""Starts an article's folder, with files that build as they stand and say how to go on."""

from __future__ import annotations

import re
from pathlib import Path

from graph.article import RESERVED_SLUGS
from graph.errors import ShuangmaError

_FILES = {
    "article.yaml": """\
# What this article is. `author` names a thing of entities.yaml.
title: {zh-Hant: 新文章, en: A new article}
author: SomeWriter
date: 2026-01-31                # or 2026-01-31T08:00:00+00:00
language: en                    # the text is text.<language>.md
license: https://creativecommons.org/licenses/by/4.0/
""",
    "text.en.md": """\
# A new article

Some Company launched Some Product in March 2025. It had 1.2 million users by June.
""",
    "entities.yaml": """\
# The things that the article speaks of. The name on the left makes the IRI <base>id/NAME;
# a thing that another article names alike is the same thing.
SomeWriter:
  class: Agent
  label: {en: Some Writer}
SomeCompany:
  class: Company
  label: {zh-Hant: 某公司, en: Some Company}
  variants: []                  # other names that the text uses
SomeProduct:
  class: SoftwareApplication
  label: {zh-Hant: 某產品, en: Some Product}
SomeProductLaunch:
  class: Launch
  label: {zh-Hant: 推出某產品, en: launch of Some Product}
Users:
  class: Metric
  label: {zh-Hant: 用戶數, en: users}
""",
    "statements.yaml": """\
# What the article says. Each entry quotes the passage, once and to the letter, and lists
# the facts that it states: key: [subject, property, object]. Keys never change.
statements:
  - key: launch
    quote: Some Company launched Some Product in March 2025
    facts:
      product-developer: [SomeProduct, developer, SomeCompany]
      launch-by: [SomeProductLaunch, agent, SomeCompany]
      launch-of: [SomeProductLaunch, launched, SomeProduct]
      launch-date: [SomeProductLaunch, startDate, 2025-03]
  - key: users
    quote: It had 1.2 million users by June
    observations:
      users-june:
        about: SomeProduct
        metric: Users
        value: 1200000          # in base units
        unit: number            # number, percent, minute, CNY, USD, EUR …; the ontology has all
        printed: 1.2 million
        startDate: 2025-06
""",
}


def scaffold(articles: Path, slug: str) -> Path:
    """Make the folder of a new article below `articles`.

    Raises `ShuangmaError` when the slug cannot name one, or its folder exists.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or slug in RESERVED_SLUGS:
        raise ShuangmaError(
            f"“{slug}” cannot name an article. Use small letters, digits and single hyphens."
        )
    folder = articles / slug
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        raise ShuangmaError(f"{folder} exists. Nothing was changed.") from error
    except OSError as error:
        raise ShuangmaError(f"{folder} cannot be made: {error.strerror}.") from error
    for name, text in _FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
