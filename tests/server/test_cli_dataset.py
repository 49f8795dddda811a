"""The commands that read and write datasets, as a person types them."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graph.errors import ShuangmaError
from server.tokens import TokenBook, TokenError
from tests.conftest import Service, run, start
from tests.server.http import get, request

E = "http://e.example/"
ALL = "SELECT ?o { ?s ?p ?o } ORDER BY ?o"


def insert(*words: str) -> str:
    return "INSERT DATA { " + " ".join(f"<{E}s> <{E}p> '{word}' ." for word in words) + " }"


def nt(*words: str) -> str:
    return "".join(f'<{E}s> <{E}p> "{word}" .\n' for word in words)


def said(store: Path, *options: str) -> list[str]:
    """The objects of all quads."""
    asked = run("query", "--store", store, "--format", "csv", *options, ALL)
    assert asked.returncode == 0, asked.stderr
    return asked.stdout.split()[1:]


def current(store: Path) -> str | None:
    file = store / "current"
    return file.read_text().strip() if file.exists() else None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a store may be made."""
    return tmp_path / "store"


@pytest.fixture(scope="module")
def three_editions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("three") / "store"
    for word in ("a", "b", "c"):
        assert run("update", "--store", folder, insert(word)).returncode == 0
    return folder


@pytest.fixture
def filled(three_editions: Path, folder: Path) -> Path:
    """A store of three editions."""
    return Path(shutil.copytree(three_editions, folder))


# --- query and update -------------------------------------------------------------------


def test_query_asks_an_earlier_edition(filled: Path) -> None:
    assert said(filled, "--edition", "000002") == ["a", "b"]
    assert said(filled) == ["a", "b", "c"]
    gone = run("query", "--store", filled, "--edition", "000009", ALL)
    assert (gone.returncode, gone.stdout) == (1, "")
    assert "Edition 000009 is not kept here. `shuangma editions list` shows all." in gone.stderr


def test_query_and_update_are_read_from_a_file_or_standard_input(
    folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "change.ru"
    file.write_text(insert("文"), encoding="utf-8")
    assert run("update", "--store", folder, f"@{file}").returncode == 0
    assert run("update", "--store", folder, "-", given=insert("b")).returncode == 0
    file.write_text(ALL)
    for argument, given in ((f"@{file}", None), ("-", ALL)):
        asked = run("query", "--store", folder, "--format", "csv", argument, given=given)
        assert asked.stdout.split() == ["o", "b", "文"]


@pytest.mark.parametrize("command", ["query", "update"])
def test_a_file_that_cannot_be_read_is_named(command: str, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"\xff")
    for path, told in (
        (tmp_path / "none", "No such file"),
        (tmp_path / "latin", "it is not UTF-8"),
    ):
        done = run(command, "--store", folder, f"@{path}")
        assert done.returncode == 2
        assert f"{path} cannot be read: {told}" in done.stderr
    assert not folder.exists()


def test_update_says_what_it_added_and_removed(folder: Path) -> None:
    first = run("update", "--store", folder, insert("a", "b"))
    assert first.stdout == f"Made edition 000001 in {folder}: 2 quads added, 0 removed.\n"
    again = run("update", "--store", folder, insert("a"))
    assert again.stdout == "Nothing changed; edition 000001 stays.\n"
    gone = run("update", "--store", folder, "DELETE WHERE { ?s ?p 'a' }")
    assert gone.stdout == f"Made edition 000002 in {folder}: 0 quads added, 1 removed.\n"
    assert said(folder) == ["b"]


def test_update_knows_the_prefixes_of_the_dataset(folder: Path) -> None:
    done = run("update", "--store", folder, "INSERT DATA { id:Momo schema:url <http://e/> }")
    assert done.returncode == 0, done.stderr
    asked = run("query", "--store", folder, "SELECT ?u { id:Momo schema:url ?u }")
    assert "http://e/" in asked.stdout


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("INSERT DATA { ?s ?p 1 }", "Line 1, column "),
        ("INSERT DATA {\n <http://e/s> 5 .\n}", "Line 2, column 15: "),
        ("INSERT DATA { none:a none:b 1 }", "“none:” is not declared"),
        ("LOAD <http://127.0.0.1:1/>", "asks another host"),
        ("CREATE GRAPH <http://e/g> ; CREATE GRAPH <http://e/g>", "could not be applied"),
    ],
)
def test_an_update_that_is_wrong_leaves_the_store_as_it_was(
    text: str, told: str, filled: Path
) -> None:
    done = run("update", "--store", filled, text)
    assert (done.returncode, done.stdout) == (1, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert current(filled) == "000003"
    assert said(filled) == ["a", "b", "c"]


def test_the_place_of_a_mistake_is_counted_in_what_was_typed(filled: Path) -> None:
    done = run("update", "--store", filled, "INSERT DATA { <http://e/s> <http://e/p> ! }")
    assert "Line 1, column 41: " in done.stderr


# --- load -------------------------------------------------------------------------------


def test_load_takes_several_files_of_several_formats(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text(nt("a"))
    (tmp_path / "b.ttl").write_text(f"<{E}s> <{E}p> 'b' .")
    (tmp_path / "c.nq.gz").write_bytes(gzip.compress(f'<{E}s> <{E}p> "c" <{E}g> .\n'.encode()))
    done = run("load", "--store", folder, *(tmp_path / n for n in ("a.nt", "b.ttl", "c.nq.gz")))
    assert done.stdout == f"Made edition 000001 in {folder}: 3 quads in all.\n"
    assert said(folder) == ["a", "b", "c"]
    assert said(folder, "--default-graph", "strict") == ["a", "b"]


def test_load_keeps_what_is_there(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "d.nt").write_text(nt("a", "d"))
    done = run("load", "--store", filled, tmp_path / "d.nt")
    assert done.stdout == f"Made edition 000004 in {filled}: 4 quads in all.\n"
    assert said(filled) == ["a", "b", "c", "d"]


def test_load_finds_the_files_of_a_pattern(folder: Path, tmp_path: Path) -> None:
    dumps = tmp_path / "dumps"
    dumps.mkdir()
    for word in "abc":
        (dumps / f"{word}.nt").write_text(nt(word))
    (dumps / "other.txt").write_text("no RDF")
    for pattern in ("dumps/*.nt", str(dumps / "[ab].nt")):
        assert run("load", "--store", folder, pattern, cwd=tmp_path).returncode == 0
    assert said(folder) == ["a", "b", "c"]
    (dumps / "[x].nt").write_text(nt("a file of that very name"))
    assert run("load", "--store", folder, dumps / "[x].nt").returncode == 0
    assert len(said(folder)) > 3


def test_load_puts_triples_into_the_graph_that_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text(nt("a"))
    assert run("load", "--store", folder, "--graph", f"{E}g", tmp_path / "a.nt").returncode == 0
    asked = run("query", "--store", folder, "--format", "csv", "SELECT ?g { GRAPH ?g {} }")
    assert asked.stdout.split() == ["g", f"{E}g"]
    assert said(folder, "--default-graph", "strict") == []


def test_load_reads_standard_input_of_a_format_that_is_said(folder: Path, tmp_path: Path) -> None:
    done = run("load", "--store", folder, "-", "--format", "turtle", given=f"<{E}s> <{E}p> 'a' .")
    assert done.returncode == 0, done.stderr
    (tmp_path / "b.txt").write_text(nt("b"))
    named = run("load", "--store", folder, "--format", "nt", tmp_path / "b.txt")
    assert named.returncode == 0, named.stderr
    assert said(folder) == ["a", "b"]
    unsaid = run("load", "--store", folder, "-", given=nt("c"))
    assert unsaid.returncode == 2
    assert "--format" in unsaid.stderr


def test_relative_iris_stand_on_the_file_or_on_the_base(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text("<#s> <#p> <#o> .")
    assert run("load", "--store", folder, file).returncode == 0
    assert run("load", "--store", folder, "--base", f"{E}b", file).returncode == 0
    assert said(folder) == [f"{file.as_uri()}#o", f"{E}b#o"]


def test_a_mistake_in_one_file_leaves_the_store_as_it_was(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "good.nt").write_text(nt("good"))
    broken = tmp_path / "broken.ttl"
    broken.write_text(f"<{E}s> <{E}p> 'half' .\n<{E}s> <{E}p> ! .\n")
    done = run("load", "--store", filled, tmp_path / "good.nt", broken, tmp_path / "good.nt")
    assert (done.returncode, done.stdout) == (1, "")
    place = f"Line 2, column {len(f'<{E}s> <{E}p> ') + 1}"
    assert done.stderr.startswith(f"shuangma: {broken}: {place}: This is no Turtle: ")
    assert current(filled) == "000003"
    assert said(filled) == ["a", "b", "c"]


def test_a_mistake_on_standard_input_is_placed_too(folder: Path) -> None:
    done = run("load", "--store", folder, "-", "--format", "nt", given=nt("a") + "?\n")
    assert done.returncode == 1
    assert done.stderr.startswith("shuangma: Standard input: Line 2, column 1: ")
    assert current(folder) is None


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["none.ttl"], 2, "There is no file none.ttl"),
        (["*.nt"], 2, "There is no file *.nt"),
        (["empty"], 2, "empty is a folder. Name its files: empty/*.ttl"),
        (["empty/*.ttl"], 2, "There is no file empty/*.ttl"),
        (["a.docx"], 1, "There is no format “a.docx” here. Use one of: ttl"),
        (["a.ttl", "--format", "docx"], 1, "There is no format “docx” here"),
        (["a.ttl", "--graph", "no IRI"], 2, "is no absolute IRI"),
        (["a.nq", "--graph", f"{E}g"], 1, "for one graph"),
        (["cut.nt.gz"], 1, "cut.nt.gz is not whole"),
        ([], 2, "FILE"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_load_says_what_it_cannot_load(
    arguments: list[str], code: int, told: str, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.ttl").write_text("")
    (tmp_path / "a.nq").write_text("")
    (tmp_path / "a.docx").write_text("")
    (tmp_path / "cut.nt.gz").write_bytes(gzip.compress(nt("a").encode())[:20])
    done = run("load", "--store", folder, *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert current(folder) is None


def test_an_empty_file_makes_an_edition_of_nothing(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("")
    done = run("load", "--store", folder, tmp_path / "a.ttl")
    assert done.stdout == f"Made edition 000001 in {folder}: 0 quads in all.\n"


def test_a_folder_of_other_files_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text(nt("a"))
    commands = (("load", "a.nt"), ("update", insert("a")), ("token", "create"))
    for command in commands:
        done = run(*command, "--store", tmp_path, cwd=tmp_path)
        assert done.returncode == 1
        assert "holds other files (a.nt). Name an empty folder." in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.nt"]


# --- export and editions ----------------------------------------------------------------


def test_export_writes_an_earlier_edition(filled: Path, tmp_path: Path) -> None:
    options = ("--store", filled, "--format", "ntriples")
    assert run("export", *options, "--edition", "000001").stdout == nt("a")
    target = tmp_path / "out.nt"
    assert run("export", *options, "--edition", "000002", "--output", target).returncode == 0
    assert target.read_text() == nt("a", "b")
    assert run("export", *options).stdout == nt("a", "b", "c")
    gone = run("export", *options, "--edition", "000009")
    assert (gone.returncode, gone.stdout) == (1, "")


def test_what_is_exported_loads_again(filled: Path, tmp_path: Path) -> None:
    options = ("--store", filled, "--format", "nquads", "--output", tmp_path / "all.nq")
    assert run("export", *options).returncode == 0
    assert run("load", "--store", tmp_path / "copy", tmp_path / "all.nq").returncode == 0
    assert said(tmp_path / "copy") == said(filled)


def test_editions_are_listed_with_what_each_did(filled: Path, tmp_path: Path) -> None:
    run("update", "--store", filled, "DELETE WHERE { ?s ?p 'a' }")
    (tmp_path / "d.nt").write_text(nt("d"))
    run("load", "--store", filled, tmp_path / "d.nt")
    run("editions", "restore", "000003", "--store", filled)
    listed = run("editions", "list", "--store", filled).stdout.splitlines()
    assert [re.sub(r"\S+T\S+Z", "TIME", re.sub(" +", " ", line)).strip() for line in listed] == [
        "000002 TIME update 2 quads +1 -0",
        "000003 TIME update 3 quads +1 -0",
        "000004 TIME update 2 quads +0 -1",
        "000005 TIME load 3 quads",
        "* 000006 TIME restore 000003 3 quads",
    ]


def test_an_empty_store_has_no_editions(folder: Path) -> None:
    done = run("editions", "list", "--store", folder)
    assert (done.returncode, done.stdout) == (0, "")
    assert not folder.exists()


def test_editions_are_compared(filled: Path) -> None:
    run("update", "--store", filled, "DELETE WHERE { ?s ?p 'a' }")
    found = run("editions", "diff", "000002", "--store", filled)
    assert set(found.stdout.splitlines()) == {
        f'- <{E}s> <{E}p> "a" .',
        f'+ <{E}s> <{E}p> "c" .',
    }
    assert found.stderr == "1 quads added, 1 removed.\n"
    counted = run("editions", "diff", "000004", "000001", "--count", "--store", filled)
    assert (counted.stdout, counted.stderr) == ("1 quads added, 2 removed.\n", "")
    gone = run("editions", "diff", "000009", "--store", filled)
    assert (gone.returncode, gone.stdout) == (1, "")


def test_an_earlier_edition_is_restored(filled: Path) -> None:
    done = run("editions", "restore", "000001", "--store", filled)
    assert done.stdout == "Edition 000004 is 000001 again.\n"
    assert said(filled) == ["a"]
    gone = run("editions", "restore", "000009", "--store", filled)
    assert gone.returncode == 1
    assert "Edition 000009 is not kept here" in gone.stderr


def test_a_store_that_is_damaged_is_mended_by_what_is_said(filled: Path) -> None:
    (filled / "current").write_text("")
    for command in (("query", ALL), ("update", insert("d")), ("export",)):
        done = run(*command, "--store", filled)
        assert (done.returncode, done.stdout) == (1, "")
        assert "`shuangma editions list`" in done.stderr
    assert "000003" in run("editions", "list", "--store", filled).stdout
    assert run("editions", "restore", "000003", "--store", filled).returncode == 0
    assert said(filled) == ["a", "b", "c"]


# --- tokens -----------------------------------------------------------------------------


def test_a_token_is_printed_once_and_only_its_hash_is_kept(folder: Path) -> None:
    made = run("token", "create", "--name", "nightly", "--store", folder)
    secret = made.stdout.strip()
    assert re.fullmatch(r"[\w-]{43}", secret)
    (kept,) = json.loads((folder / "tokens.json").read_text())
    assert (kept["name"], kept["sha256"]) == (
        "nightly",
        hashlib.sha256(secret.encode()).hexdigest(),
    )
    listed = run("token", "list", "--store", folder)
    assert re.fullmatch(r"\S+T\S+Z  nightly\n", listed.stdout)
    for path in folder.rglob("*"):
        assert path.is_dir() or secret.encode() not in path.read_bytes()


def test_the_file_of_tokens_is_for_its_owner_alone(folder: Path) -> None:
    previous = os.umask(0)
    try:
        assert run("token", "create", "--store", folder).returncode == 0
    finally:
        os.umask(previous)
    assert stat.S_IMODE((folder / "tokens.json").stat().st_mode) == 0o600


def test_tokens_have_names_of_their_own(folder: Path) -> None:
    secrets = {run("token", "create", "--store", folder).stdout for _ in range(2)}
    assert len(secrets) == 2
    assert run("token", "revoke", "token-1", "--store", folder).returncode == 0
    assert run("token", "create", "--store", folder).returncode == 0
    names = [line.split()[1] for line in run("token", "list", "--store", folder).stdout.split("\n")
             if line]  # fmt: skip
    assert sorted(names) == ["token-1", "token-2"]
    taken = run("token", "create", "--name", "token-2", "--store", folder)
    assert (taken.returncode, taken.stdout) == (1, "")
    assert "There is a token “token-2” already" in taken.stderr


def test_a_token_that_is_not_there_is_not_revoked(folder: Path) -> None:
    run("token", "create", "--name", "nightly", "--store", folder)
    done = run("token", "revoke", "weekly", "--store", folder)
    assert done.returncode == 1
    assert "There is no token “weekly”. The tokens here: nightly." in done.stderr
    assert run("token", "revoke", "nightly", "--store", folder).returncode == 0
    assert run("token", "list", "--store", folder).stdout == ""


def test_tokens_in_the_place_of_a_file_are_an_error_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for command in (("create",), ("list",), ("revoke", "a")):
        done = run("token", *command, "--store", tmp_path / "file")
        assert (done.returncode, done.stdout) == (1, "")
        assert "Traceback" not in done.stderr


def test_a_damaged_file_of_tokens_is_said_and_left_alone(folder: Path) -> None:
    folder.mkdir()
    file = folder / "tokens.json"
    for text in ("{", "[1]", '[{"name": "a"}]', "\0", '{"a": 1}', "1"):
        file.write_text(text)
        with pytest.raises(TokenError, match=r"tokens\.json cannot be read"):
            TokenBook(folder).admits("a")
    for command in (("create",), ("list",), ("revoke", "a")):
        done = run("token", *command, "--store", folder)
        assert (done.returncode, done.stdout) == (1, "")
        assert "tokens.json cannot be read" in done.stderr
    assert file.read_text() == text


def test_a_book_admits_the_tokens_of_its_store_and_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secrets"
    file.write_text("\n  from-the-file \n\n", encoding="utf-8")
    book = TokenBook(tmp_path / "store", file)
    assert not book.is_empty()
    secret = book.create()
    for admitted in (secret, "from-the-file"):
        assert book.admits(admitted)
    for other in ("", "\n", secret[:-1], "from-the-file ", "\udcff"):
        assert not book.admits(other)
    book.revoke("token-1")
    assert not book.admits(secret)
    file.write_text("")
    assert book.is_empty()
    file.unlink()
    with pytest.raises(ShuangmaError, match="secrets cannot be read"):
        book.admits("from-the-file")


def test_many_tokens_can_be_made_at_once(folder: Path) -> None:
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.append(TokenBook(folder).create()))
               for _ in range(8)]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    book = TokenBook(folder)
    assert len(set(made)) == len(book.tokens()) == len({t.name for t in book.tokens()}) == 8
    assert all(map(book.admits, made))


# --- a service over the same store ------------------------------------------------------


@pytest.fixture
def serving() -> Iterator[Callable[[Path], Service]]:
    """Starts services, and stops them afterwards."""
    running: list[Service] = []

    def serve(store: Path, *options: str | Path) -> Service:
        running.append(start("--store", store, "--port", "0", *options))
        return running[-1]

    yield serve
    for service in running:
        service.stop()


def asked(service: Service) -> list[str]:
    """The objects of all quads, as a service says."""
    answer = get(f"{service.url}/sparql?query=" + ALL.replace(" ", "%20"), accept="text/csv")
    assert answer.status == 200, answer.body
    return answer.body.decode().split()[1:]


def test_serve_builds_nothing_on_top_of_what_was_loaded(
    folder: Path, tmp_path: Path, serving: Callable[..., Service]
) -> None:
    (tmp_path / "a.nt").write_text(nt("a"))
    run("load", "--store", folder, tmp_path / "a.nt")
    service = serving(folder)
    assert not any("Built" in line for line in service.output)
    assert asked(service) == ["a"]
    assert current(folder) == "000001"


def test_a_running_service_follows_what_the_command_line_writes(
    filled: Path, tmp_path: Path, serving: Callable[..., Service]
) -> None:
    service = serving(filled)
    assert asked(service) == ["a", "b", "c"]
    assert run("update", "--store", filled, insert("d")).returncode == 0
    assert asked(service) == ["a", "b", "c", "d"]
    (tmp_path / "e.nt").write_text(nt("e"))
    assert run("load", "--store", filled, tmp_path / "e.nt").returncode == 0
    assert asked(service) == ["a", "b", "c", "d", "e"]
    assert run("editions", "restore", "000002", "--store", filled).returncode == 0
    assert asked(service) == ["a", "b"]
    assert run("new", "story", "--articles", tmp_path / "articles").returncode == 0
    built = run("build", "--articles", tmp_path / "articles", "--store", filled)
    assert built.returncode == 0, built.stderr
    assert {"a", "b"} < set(asked(service))
    assert get(f"{service.url}/id/SomeCompany.ttl").status == 200


def test_a_service_whose_store_is_damaged_goes_on_when_that_is_mended(
    filled: Path, serving: Callable[..., Service]
) -> None:
    service = serving(filled)
    (filled / "current").write_text("")
    answer = get(f"{service.url}/sparql?query=ASK%7B%7D", accept="application/json")
    assert answer.status >= 500
    assert run("editions", "restore", "000002", "--store", filled).returncode == 0
    assert asked(service) == ["a", "b"]


def test_a_token_that_is_made_or_revoked_holds_at_once(
    filled: Path, serving: Callable[..., Service]
) -> None:
    service = serving(filled)
    assert _update(service, "d", {}) in {401, 403}
    secret = run("token", "create", "--store", filled).stdout.strip()
    allowed = {"Authorization": f"Bearer {secret}"}
    assert _update(service, "d", allowed) == 200
    run("token", "revoke", "token-1", "--store", filled)
    assert _update(service, "e", allowed) in {401, 403}
    assert said(filled) == ["a", "b", "c", "d"]


def _update(service: Service, word: str, headers: dict[str, str]) -> int:
    told = {"Content-Type": "application/sparql-update", **headers}
    return request("POST", f"{service.url}/update", insert(word).encode(), told).status
