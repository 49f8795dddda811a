"""The network page, and the JSON that it draws."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from graph.layout import Shape
from graph.reading import article_iris
from server.api_model import Network
from server.caching import by_edition
from server.language import choose
from server.network import article_of
from server.network_model import NetworkAsked
from server.openapi import asked, documented
from server.paths import canonical, json_response
from server.state import state

blueprint = Blueprint("explore", __name__)

UPRIGHT = "(orientation: portrait)"
"""The screens that are given a tall picture: those that are held upright."""


@blueprint.get("/explore")
def page() -> str:
    """The network page; `?article=<slug>` shows one article's network."""
    slug = request.args.get("article", "")
    slugs = [iri.rpartition("/")[2] for iri in article_iris(state().engine)]
    shown = slug if slug in slugs else (slugs[0] if slugs else "")
    here = state()
    article = canonical(f"article/{slug}") if slug in slugs else None
    namespace = here.vocabulary.namespace
    # Browsers on telephones say that they are (https://wicg.github.io/ua-client-hints/).
    shape: Shape = "tall" if request.headers.get("Sec-CH-UA-Mobile") == "?1" else "wide"
    here.networks.prepare(here.engine, namespace, here.index_now, article, choose(), shape)
    urls = {
        "network": f"/api/network?article={slug}" if slug in slugs else "/api/network",
        "facts": "/api/facts",
        "article": f"/api/article/{shown}" if shown else "",
    }
    return render_template(
        "explore/index.html",
        article_slug=shown,
        urls=urls,
        upright=UPRIGHT,
        wanted=_wanted(urls, choose()),
    )


def _wanted(urls: dict[str, str], language: str) -> dict[str, str]:
    """What the page's modules ask for first, as they write it (static/explore/source.js).

    Each with the media query of the screens on which they do.
    """
    network = urls["network"] + ("&" if "?" in urls["network"] else "?") + f"lang={language}"
    wanted = {network: f"not ({UPRIGHT})", f"{network}&shape=tall": UPRIGHT}
    if urls["article"]:
        text = "&text=en" if language == "en" else ""
        wanted[f"{urls['article']}?lang={language}{text}"] = "all"
    return wanted


@blueprint.get("/api/network")
@documented(
    summary="The things and the facts that link them",
    query=NetworkAsked,
    answer=Network,
    errors=[404],
)
@by_edition
def network() -> Response:
    """The network's nodes, edges, classes and options."""
    wish = asked(NetworkAsked)
    document, is_settled = state().network.picture(article_of(wish), choose(), wish.shape)
    response = json_response(document)
    if not is_settled:  # the index that ranks its things is not ready yet
        response.cache_control.no_store = True
    return response
