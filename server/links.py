"""Short permanent links to views of our pages: made by POST, followed by GET."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, Response, request

from server.budget import Budget
from server.errors import problem
from server.link_book import LinkBook, LinksUnavailable
from server.openapi import documented, sent
from server.paths import json_response
from server.query_model import LinkAnswer, LinkBody
from server.state import State, state

blueprint = Blueprint("links", __name__)

LINKS_A_MINUTE = 30


def link_book(here: State) -> LinkBook:
    """The links of a service. Raises `LinksUnavailable` where they are off."""
    settings = here.configuration
    if settings.links != "on":
        raise LinksUnavailable("Short links are turned off here (SHUANGMA_LINKS).")
    if settings.is_remote:
        raise LinksUnavailable("Short links need a store on this machine, and here is none.")
    return LinkBook(Path(settings.store) / "links.sqlite")


def are_kept() -> bool:
    """Whether short links can be asked for at all."""
    try:
        link_book(state())
    except LinksUnavailable:
        return False
    return True


@blueprint.post("/api/links")
@documented(
    summary="Keep a view of our pages under a short link",
    body=LinkBody,
    answer=LinkAnswer,
    status=201,
    errors=(404, 429),
    common=False,
)
def keep() -> Response:
    """Keep a path of ours under a short one."""
    book = link_book(state())
    path = sent(LinkBody).path
    wait = _wait_s()
    if wait:
        refused = problem(
            HTTPStatus.TOO_MANY_REQUESTS,
            f"That is more than {LINKS_A_MINUTE} links in a minute. Come back in {wait} s.",
        )
        refused.headers["Retry-After"] = str(wait)
        return refused
    short = f"/l/{book.keep(path)}"
    response = json_response({"path": short})
    response.status_code = HTTPStatus.CREATED
    response.headers["Location"] = short
    return response


def _wait_s() -> int:
    """Seconds until this client may make another link; counts this one when it may now."""
    runtime = state().configuration.runtime
    if not runtime:
        return 0
    budget = Budget(Path(runtime) / "links", LINKS_A_MINUTE)
    client = request.remote_addr or ""
    wait = budget.wait_s(client)
    if not wait:
        budget.spend(client, 1.0)
    return wait


@blueprint.get("/l/<name>")
def follow(name: str) -> Response:
    """Go where a short link leads."""
    path = link_book(state()).find(name)
    response = Response(status=HTTPStatus.SEE_OTHER, headers={"Location": path})
    response.cache_control.no_cache = True
    return response
