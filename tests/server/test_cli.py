"""The command line, as a person types it."""

from __future__ import annotations

import re
import shutil
import signal
import socket
from pathlib import Path
from urllib.parse import quote

import pytest
from rdflib import Dataset, Graph

from tests.conftest import ROOT, run, start
from tests.server.http import get


def test_query_prints_a_table_with_short_names(store: Path) -> None:
    asked = run("query", "--store", store, "SELECT ?o WHERE { id:Attempt4 sm:outcome ?o }")
    assert asked.returncode == 0
    assert "sm:GoalMissed" in asked.stdout
    assert "1 solution" in asked.stdout


@pytest.mark.parametrize(
    ("name", "start_of_answer"),
    [("json", '{"head"'), ("csv", "o\r\n"), ("tsv", "?o\n"), ("xml", "<?xml")],
)
def test_query_prints_each_format(store: Path, name: str, start_of_answer: str) -> None:
    query = "SELECT ?o WHERE { id:Attempt4 sm:outcome ?o }"
    asked = run("query", "--store", store, "--format", name, query)
    assert asked.stdout.replace("\r\n", "\n").startswith(start_of_answer.replace("\r\n", "\n"))


def test_query_prints_turtle_of_a_graph(store: Path) -> None:
    asked = run("query", "--store", store, "DESCRIBE id:Attempt4")
    assert "\nid:Attempt4 a " in asked.stdout


def test_a_broken_query_names_its_place_in_what_was_typed(store: Path) -> None:
    asked = run("query", "--store", store, "SELECT ?s WHERE { ?s ?p }")
    assert asked.returncode == 1
    assert "Line 1, column 26" in asked.stderr
    assert "Traceback" not in asked.stderr


def test_query_without_a_dataset_says_what_to_do(tmp_path: Path) -> None:
    asked = run("query", "--store", tmp_path / "none", "ASK {}")
    assert asked.returncode == 1
    assert "shuangma build" in asked.stderr


@pytest.mark.parametrize(
    "name", ["turtle", "jsonld", "ntriples", "rdfxml", "nquads", "trig", "jsonld-dataset"]
)
def test_export_writes_each_format(store: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / "out"
    done = run("export", "--store", store, "--format", name, "--output", target)
    assert done.returncode == 0, done.stderr
    parser = {
        "turtle": "turtle",
        "jsonld": "json-ld",
        "ntriples": "nt",
        "rdfxml": "xml",
        "nquads": "nquads",
        "trig": "trig",
        "jsonld-dataset": "json-ld",
    }[name]
    if name in {"nquads", "trig", "jsonld-dataset"}:
        dataset = Dataset()
        dataset.parse(target, format=parser)
        assert len({quad[3] for quad in dataset.quads()}) == 3
    else:
        assert len(Graph().parse(target, format=parser)) > 15_000


def test_export_refuses_an_unknown_format_and_lists_the_known(store: Path) -> None:
    done = run("export", "--store", store, "--format", "docx")
    assert done.returncode == 1
    assert "turtle" in done.stderr


def test_export_into_a_missing_folder_leaves_nothing(store: Path, tmp_path: Path) -> None:
    done = run("export", "--store", store, "--output", tmp_path / "none" / "out.ttl")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr


def test_check_finds_nothing_amiss(store: Path) -> None:
    done = run("check", "--store", store)
    assert done.returncode == 0, done.stdout
    assert "with a passage: 100 %" in done.stdout
    assert "without a statement: 0" in done.stdout
    assert "SHACL violations: 0" in done.stdout
    assert "outside the OWL 2 RL closure: 0" in done.stdout


def test_check_refuses_a_file_that_is_not_the_original(store: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("釘釘", encoding="utf-8")
    done = run("check", "--store", store, "--original", other)
    assert done.returncode == 1
    assert "SHA-256" in done.stderr


def test_an_explicit_port_that_is_taken_is_an_error(store: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("serve", "--store", store, "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port}" in done.stderr


def test_a_new_article_is_served_beside_the_first(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    shutil.copytree(ROOT / "data" / "articles", articles)
    made = run("new", "second-story", "--articles", articles)
    assert made.returncode == 0, made.stderr
    again = run("new", "second-story", "--articles", articles)
    assert again.returncode == 1
    entities = articles / "second-story" / "entities.yaml"
    text = entities.read_text(encoding="utf-8").replace("SomeProduct:", "DingTalk:")
    entities.write_text(text.replace("某產品", "釘釘").replace("Some Product", "DingTalk"), "utf-8")
    for name in ("statements.yaml", "text.en.md"):
        path = articles / "second-story" / name
        words = path.read_text(encoding="utf-8")
        words = re.sub(r"SomeProduct\b", "DingTalk", words).replace("Some Product", "DingTalk")
        path.write_text(words, encoding="utf-8")
    service = start("--articles", articles, "--store", tmp_path / "store", "--port", "0")
    try:
        page = get(f"{service.url}/article/second-story", accept="text/html")
        assert page.status == 200
        turtle = get(f"{service.url}/id/DingTalk.ttl").body.decode()
        assert "second-story" in turtle
        assert "ma-yun-social" in turtle
    finally:
        service.stop()


def test_a_running_service_follows_a_build(tmp_path: Path) -> None:
    articles, folder = tmp_path / "articles", tmp_path / "store"
    assert run("new", "story", "--articles", articles).returncode == 0
    service = start("--articles", articles, "--store", folder, "--port", "0")
    try:
        assert get(f"{service.url}/healthz").body == b"ok 000001\n"
        entities = articles / "story" / "entities.yaml"
        text = entities.read_text(encoding="utf-8")
        entities.write_text(text.replace("某公司", "另一公司"), encoding="utf-8")
        assert run("build", "--articles", articles, "--store", folder).returncode == 0
        assert get(f"{service.url}/healthz").body == b"ok 000002\n"
        assert "另一公司" in get(f"{service.url}/id/SomeCompany.ttl").body.decode()
    finally:
        service.stop()


def test_serving_again_builds_nothing_when_nothing_changed(store: Path) -> None:
    service = start("--store", store, "--port", "0")
    try:
        assert not any("Built" in line for line in service.output)
    finally:
        service.stop()


@pytest.mark.parametrize(
    "command", ["build", "serve", "query", "export", "check", "picture", "new"]
)
def test_each_command_has_help_with_an_example(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert f"shuangma {command}" in done.stdout


def test_a_build_that_would_drop_articles_is_refused_unless_they_are_replaced(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "store"
    for slug in ("one", "two"):
        assert run("new", slug, "--articles", tmp_path / slug).returncode == 0
    assert run("build", "--articles", tmp_path / "one", "--store", folder).returncode == 0
    for command in (("build",), ("serve", "--port", "0")):
        refused = run(*command, "--articles", tmp_path / "two", "--store", folder)
        assert refused.returncode == 1
        assert "leave out: one" in refused.stderr
        assert "--replace" in refused.stderr
    assert (folder / "current").read_text() == "000001\n"
    replaced = run("build", "--articles", tmp_path / "two", "--store", folder, "--replace")
    assert replaced.returncode == 0, replaced.stderr


def test_an_empty_articles_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    done = run("build", "--articles", tmp_path / "articles", "--store", tmp_path / "store")
    assert done.returncode == 1
    assert "shuangma new" in done.stderr
    assert not (tmp_path / "store").exists()


def test_a_figure_that_differs_from_its_print_is_named(tmp_path: Path) -> None:
    assert run("new", "story", "--articles", tmp_path).returncode == 0
    path = tmp_path / "story" / "statements.yaml"
    path.write_text(path.read_text("utf-8").replace("1200000", "1.2"), "utf-8")
    done = run("build", "--articles", tmp_path, "--store", tmp_path / "store")
    assert done.returncode == 1
    assert "“1.2 million” reads 1200000, not 1.2." in done.stderr


def test_help_keeps_its_examples_on_lines_of_their_own() -> None:
    text = run("serve", "--help").stdout
    assert "\\b" not in text
    assert "\n  shuangma serve\n" in text


def test_an_interrupted_service_stops_soon_even_within_a_query(store: Path) -> None:
    service = start("--store", store, "--port", "0")
    cross = quote("SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    with socket.create_connection(("127.0.0.1", int(service.url.rpartition(":")[2]))) as client:
        client.sendall(f"GET /sparql?query={cross} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert get(f"{service.url}/healthz").status == 200
        service.process.send_signal(signal.SIGINT)
        service.process.wait(15)
    service.stop()
