"""Short links: kept, followed, bounded, and turned off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graph.store import EditionStore
from server.application import create_app
from server.backend import InProcess
from server.configuration import Configuration
from server.link_book import LinkBook, LinkNotFound, LinkRefused, LinksUnavailable, checked
from server.links import LINKS_A_MINUTE
from server.state import state_over
from tests.server.http import Answer, get, post
from tests.server.scratch import Scratch, serving

DATA = "<http://e.example/a> <http://e.example/b> 1 ."
PATH = "/sparql#query=ASK%20%7B%7D&view=raw"


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    with serving(tmp_path_factory.mktemp("links"), DATA, tokens=False) as running:
        yield running


def keep(scratch: Scratch, path: str) -> Answer:
    body = json.dumps({"path": path}).encode()
    return post(f"{scratch.url}/api/links", body, "application/json")


def test_a_link_that_was_kept_leads_where_it_should(scratch: Scratch) -> None:
    made = keep(scratch, PATH)
    assert made.status == 201
    short = json.loads(made.body)["path"]
    assert short == made.headers["Location"] and len(short) < 12
    followed = get(scratch.url + short)
    assert (followed.status, followed.headers["Location"]) == (303, PATH)
    assert json.loads(keep(scratch, PATH).body)["path"] == short


def test_letters_of_all_scripts_are_kept_as_an_address_has_them(scratch: Scratch) -> None:
    short = json.loads(keep(scratch, "/explore?article=馬雲#select=釘 釘").body)["path"]
    location = get(scratch.url + short).headers["Location"]
    assert location == "/explore?article=%E9%A6%AC%E9%9B%B2#select=%E9%87%98%20%E9%87%98"


@pytest.mark.parametrize(
    "path",
    [
        "https://elsewhere.example/sparql",
        "//elsewhere.example/sparql",
        "/\\elsewhere.example",
        "/sparql/../update",
        "/sparqlx",
        "/sparql\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "",
        "/sparql#" + "a" * 70_000,
    ],
    ids=["host", "slashes", "backslash", "dots", "other", "header", "scheme", "nothing", "long"],
)
def test_only_paths_of_our_pages_are_kept(scratch: Scratch, path: str) -> None:
    refused = keep(scratch, path)
    assert refused.status == 400
    assert refused.problem["detail"]


@pytest.mark.parametrize("name", ["aaaaaa", "x", "..%2F..", "AAAAAA"])
def test_a_link_that_is_not_there_is_told_so(scratch: Scratch, name: str) -> None:
    assert get(f"{scratch.url}/l/{name}").status == 404


def test_links_can_be_turned_off(store: Path) -> None:
    settings = Configuration(store=str(store), links="off")
    app = create_app(state_over(settings, InProcess(EditionStore(store).engine())))
    refused = app.test_client().post("/api/links", json={"path": PATH})
    assert refused.status_code == 404
    assert "SHUANGMA_LINKS" in str(refused.get_json(force=True)["detail"])
    page = app.test_client().get("/sparql", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert '"links": false' in page


def test_links_outlive_the_service_and_hold_nothing_of_who_made_them(tmp_path: Path) -> None:
    book = LinkBook(tmp_path / "links.sqlite")
    name = book.keep(PATH)
    assert LinkBook(tmp_path / "links.sqlite").find(name) == PATH


def test_the_links_unused_for_longest_go_first(tmp_path: Path) -> None:
    book = LinkBook(tmp_path / "links.sqlite", most=3)
    names = [book.keep(f"/sparql#{n}") for n in range(3)]
    book.keep("/sparql#0")  # used again
    book.keep("/sparql#3")
    assert book.find(names[0]) == "/sparql#0"
    with pytest.raises(LinkNotFound):
        book.find(names[1])
    assert book.find(names[2]) == "/sparql#2"


def test_links_are_bounded_in_size(tmp_path: Path) -> None:
    book = LinkBook(tmp_path / "links.sqlite", most_bytes=30_000)
    names = [book.keep(f"/sparql#{n}" + "a" * 10_000) for n in range(4)]
    with pytest.raises(LinkNotFound):
        book.find(names[0])
    assert book.find(names[3])


def test_many_keep_links_at_once(tmp_path: Path) -> None:
    book = LinkBook(tmp_path / "links.sqlite")
    paths = [f"/sparql#{n}" for n in range(40)]
    with ThreadPoolExecutor(8) as threads:
        names = list(threads.map(book.keep, paths))
    assert [book.find(name) for name in names] == paths


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(LinksUnavailable, match="cannot be kept"):
        LinkBook(tmp_path / "missing" / "links.sqlite").keep(PATH)


def test_a_path_with_control_characters_is_refused() -> None:
    with pytest.raises(LinkRefused):
        checked("/sparql#\x00")


def test_a_client_makes_so_many_links_a_minute(scratch: Scratch) -> None:
    answers = [keep(scratch, f"/sparql#{n}") for n in range(LINKS_A_MINUTE + 5)]
    assert answers[-1].status == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert answers[-1].problem["status"] == 429
