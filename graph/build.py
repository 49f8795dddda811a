"""Builds the dataset from articles and publishes it, when that is due."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from graph.article import article_folders
from graph.dataset import build_dataset, fingerprint
from graph.errors import ArticleNotFound, ArticlesLeftOut
from graph.store import Edition, EditionStore
from graph.writing import EditionWriter, publish
from ontology import Vocabulary


def folders_of(articles: Path, slugs: Sequence[str] = ()) -> list[Path]:
    """The folders of the articles below `articles`, or of those named.

    Raises `ArticleNotFound` when one that is named has no folder.
    """
    if not slugs:
        found = article_folders(articles)
        if not found:
            raise ArticleNotFound(
                f"There is no article in {articles}. `shuangma new SLUG --articles {articles}` "
                "starts one."
            )
        return found
    missing = [slug for slug in slugs if not (articles / slug).is_dir()]
    if missing:
        known = ", ".join(folder.name for folder in article_folders(articles)) or "none"
        raise ArticleNotFound(
            f"There is no article “{missing[0]}” in {articles}. The articles there: {known}."
        )
    return [articles / slug for slug in sorted(set(slugs))]


def build(
    store: EditionStore, folders: Sequence[Path], vocabulary: Vocabulary, *, replace: bool = False
) -> Edition:
    """Build and publish a new edition.

    Raises `InvalidArticle` before anything is written when a folder has a mistake, and
    `ArticlesLeftOut` when the store holds other articles, unless they are to be replaced.
    """
    mark = fingerprint(folders, vocabulary)
    dataset = build_dataset(folders, vocabulary)
    slugs = tuple(folder.name for folder in folders)

    def check(current: Edition | None) -> None:
        left_out = sorted(set(current.articles) - set(slugs)) if current and not replace else []
        if left_out:
            raise ArticlesLeftOut(store.folder, left_out)

    return publish(
        EditionWriter(store),
        dataset.quads,
        fingerprint=mark,
        base=vocabulary.base,
        articles=slugs,
        check=check,
    )


def build_when_due(
    store: EditionStore, folders: Sequence[Path], vocabulary: Vocabulary, *, replace: bool = False
) -> Edition | None:
    """Build when the store is empty or was built from something else; None when it was not due.

    Nothing is built on top of a store that was filled otherwise.
    """
    current = store.current()
    if current and current.fingerprint in {"", fingerprint(folders, vocabulary)}:
        return None
    return build(store, folders, vocabulary, replace=replace)
