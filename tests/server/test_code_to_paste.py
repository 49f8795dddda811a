"""Code to paste does what the query page says: each piece is run against a real service."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.http import post

# What a language could take for the end of its text, or for something to fill in.
AWKWARD = "it's \"\"\" '''` ${x} $(id) \\\\ )-\" %s {{x}} 釘釘 🐎"
ESCAPED = AWKWARD.replace('"', '\\"')
SELECT = f"""# a remark: it's here
SELECT ?label ?n ?text WHERE {{
  VALUES (?label ?n) {{ ("釘釘"@zh-hant 1) ("Laiwang"@en 2) }}
  BIND("{ESCAPED}" AS ?text)
}}
ORDER BY ?n"""
ASK = "ASK { ?thing ?property ?value }"
CONSTRUCT = """CONSTRUCT { <http://e.example/a> <http://e.example/called> ?label }
WHERE { VALUES ?label { "釘釘"@zh-hant } }"""


def snippets(service: str, query: str) -> dict[str, str]:
    body = json.dumps({"query": query}).encode()
    answer = post(f"{service}/api/code", body, "application/json")
    assert answer.status == 200, answer.body
    return {each["name"]: each["code"] for each in json.loads(answer.body)["snippets"]}


def command(name: str, file: Path) -> list[str]:
    """How a piece of code is run here; skips what this machine has not."""
    programs: tuple[str, ...]
    if name == "curl":
        programs = ("sh", "curl")
    elif name == "r":
        programs = ("Rscript",)
    elif name == "javascript":
        programs = ("node",)
    else:
        return [sys.executable, str(file)]
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed here")
    return [programs[0], str(file)]


def output(service: str, name: str, query: str, folder: Path) -> str:
    file = folder / ("code.mjs" if name == "javascript" else "code")
    file.write_text(snippets(service, query)[name], encoding="utf-8")
    done = subprocess.run(
        command(name, file), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["curl", "rdflib", "sparqlwrapper", "pandas", "r", "javascript"])
def test_code_for_a_select_prints_its_rows(service: str, name: str, tmp_path: Path) -> None:
    printed = output(service, name, SELECT, tmp_path)
    assert "釘釘" in printed
    assert printed.index("釘釘") < printed.index("Laiwang")


@pytest.mark.parametrize("name", ["curl", "rdflib", "sparqlwrapper", "r", "javascript"])
def test_code_for_an_ask_prints_the_truth(service: str, name: str, tmp_path: Path) -> None:
    assert "true" in output(service, name, ASK, tmp_path).lower()


@pytest.mark.parametrize("name", ["curl", "rdflib", "sparqlwrapper", "r", "javascript"])
def test_code_for_a_construct_prints_its_graph(service: str, name: str, tmp_path: Path) -> None:
    printed = output(service, name, CONSTRUCT, tmp_path)
    assert "called" in printed and "釘釘" in printed


def test_a_query_reaches_the_service_letter_by_letter(service: str, tmp_path: Path) -> None:
    table = output(service, "javascript", SELECT, tmp_path)
    assert '"""' in table and "${x}" in table and "🐎" in table
    rows = output(service, "curl", SELECT, tmp_path)
    assert AWKWARD.replace("\\\\", "\\").replace('"', '""') in rows


def test_tables_are_offered_for_selects_alone(service: str) -> None:
    assert "pandas" in snippets(service, SELECT)
    assert "pandas" not in snippets(service, CONSTRUCT)


def test_a_query_that_is_none_gets_a_problem_document(service: str) -> None:
    answer = post(f"{service}/api/code", b'{"query": ""}', "application/json")
    assert answer.status == 400
    assert "query" in answer.detail
