"""The network page, and the JSON that it draws."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from graph.reading import article_iris
from server.api_model import Network, OfArticle
from server.caching import by_edition
from server.language import choose
from server.openapi import documented
from server.paths import canonical, json_response
from server.state import state

blueprint = Blueprint("explore", __name__)


@blueprint.get("/explore")
def page() -> str:
    """The network page; `?article=<slug>` shows one article's network."""
    slug = request.args.get("article", "")
    slugs = [iri.rpartition("/")[2] for iri in article_iris(state().engine)]
    shown = slug if slug in slugs else (slugs[0] if slugs else "")
    here = state()
    article = canonical(f"article/{slug}") if slug in slugs else None
    namespace = here.vocabulary.namespace
    here.networks.prepare(here.engine, namespace, here.index, article, choose())
    urls = {
        "network": f"/api/network?article={slug}" if slug in slugs else "/api/network",
        "facts": "/api/facts",
        "article": f"/api/article/{shown}" if shown else "",
    }
    return render_template(
        "explore/index.html", article_slug=shown, urls=urls, wanted=_wanted(urls, choose())
    )


def _wanted(urls: dict[str, str], language: str) -> list[str]:
    """What the page's modules ask for first, as they write it (static/explore/source.js)."""
    network = urls["network"] + ("&" if "?" in urls["network"] else "?") + f"lang={language}"
    if not urls["article"]:
        return [network]
    text = "&text=en" if language == "en" else ""
    return [network, f"{urls['article']}?lang={language}{text}"]


@blueprint.get("/api/network")
@documented(summary="The things and the facts that link them", query=OfArticle, answer=Network)
@by_edition
def network() -> Response:
    """The network's nodes, edges, classes and options."""
    slug = request.args.get("article")
    article = canonical(f"article/{slug}") if slug else None
    here = state()
    document, is_settled = here.network.picture(article, choose())
    response = json_response(document)
    if not is_settled:  # the index that ranks its things is not ready yet
        response.cache_control.no_store = True
    return response
