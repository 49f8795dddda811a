"""Builds the dataset from articles and publishes it, when that is due."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from graph.article import article_folders
from graph.dataset import build_dataset, fingerprint
from graph.errors import ArticleNotFound
from graph.store import Edition, EditionStore
from ontology import Vocabulary


def folders_of(articles: Path, slugs: Sequence[str] = ()) -> list[Path]:
    """The folders of the articles below `articles`, or of those named.

    Raises `ArticleNotFound` when one that is named has no folder.
    """
    if not slugs:
        return article_folders(articles)
    missing = [slug for slug in slugs if not (articles / slug).is_dir()]
    if missing:
        known = ", ".join(folder.name for folder in article_folders(articles)) or "none"
        raise ArticleNotFound(
            f"There is no article “{missing[0]}” in {articles}. The articles there: {known}."
        )
    return [articles / slug for slug in sorted(set(slugs))]


def build(store: EditionStore, folders: Sequence[Path], vocabulary: Vocabulary) -> Edition:
    """Build and publish a new edition.

    Raises `InvalidArticle` before anything is written when a folder has a mistake.
    """
    mark = fingerprint(folders, vocabulary)
    dataset = build_dataset(folders, vocabulary)
    return store.publish(dataset.quads, fingerprint=mark, base=vocabulary.base)


def build_when_due(
    store: EditionStore, folders: Sequence[Path], vocabulary: Vocabulary
) -> Edition | None:
    """Build when the store is empty or was built from something else; None when it was not due."""
    current = store.current()
    if current and current.fingerprint == fingerprint(folders, vocabulary):
        return None
    return build(store, folders, vocabulary)
