"""`shuangma picture`: the network page as one HTML file that works offline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from graph.errors import ArticleNotFound
from graph.network import picture as draw
from graph.network import read_network
from graph.reading import article_iris
from graph.store import EditionStore
from server.application import create_app
from server.backend import InProcess
from server.configuration import Configuration
from server.language import choose
from server.picture_file import carried, write
from server.state import state, state_over


def picture(store: Path, language: str, slug: str | None) -> bytes:
    """The page with its data, styles and scripts inside; a policy admits nothing else.

    Raises `StoreError` without a dataset, `ArticleNotFound` for an unknown slug.
    """
    opened = EditionStore(store)
    engine = opened.engine()
    current = opened.current()
    assert current is not None
    configuration = Configuration(store=str(store), base=current.base)
    app = create_app(state_over(configuration, InProcess(engine)))
    with app.test_request_context("/explore", query_string={"lang": language}):
        return write(_of_all(slug))


def _of_all(slug: str | None) -> dict[str, Any]:
    here, language = state(), choose()
    engine, namespace = here.engine, here.vocabulary.namespace
    known = {iri.rpartition("/")[2]: iri for iri in article_iris(engine)}
    if slug is not None and slug not in known:
        raise ArticleNotFound(
            f"There is no article “{slug}” here. The articles: {', '.join(known) or 'none'}."
        )
    article = known.get(slug or "")
    network = read_network(engine, namespace, article, here.network.links)
    return carried(draw(engine, network, language), article)
