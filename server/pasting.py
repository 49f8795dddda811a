"""A query as code to paste: one template a language, each run by a test.

Knows how each language quotes a text of any characters; knows nothing of answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Blueprint, Flask, Response, current_app, request

from graph.errors import InvalidQuery
from graph.representation import Kind, format_named
from graph.sparql_text import tokens
from server.openapi import documented, sent
from server.paths import json_response
from server.query_model import CodeAnswer, CodeBody

blueprint = Blueprint("pasting", __name__)


@dataclass(frozen=True)
class Paste:
    """A template: its file in `templates/code`, what people call it, which queries it is for."""

    name: str
    template: str
    label: str
    language: str
    forms: frozenset[str] = frozenset({"select", "ask", "graph"})


PASTES = (
    Paste("curl", "curl.sh.txt", "curl", "shell"),
    Paste("rdflib", "rdflib.py.txt", "Python: rdflib", "python"),
    Paste("sparqlwrapper", "sparqlwrapper.py.txt", "Python: SPARQLWrapper", "python"),
    Paste("pandas", "pandas.py.txt", "Python: pandas", "python", frozenset({"select"})),
    Paste("r", "r.R.txt", "R", "r"),
    Paste("javascript", "javascript.mjs.txt", "JavaScript", "javascript"),
)
_FORMS = {"SELECT": "select", "ASK": "ask", "CONSTRUCT": "graph", "DESCRIBE": "graph"}


def register(app: Flask) -> None:
    """Give the templates their ways of quoting."""
    app.jinja_env.filters |= {
        "shell_word": shell_word,
        "shell_text": lambda query: shell_word("query=" + query),
        "python_text": python_text,
        "javascript_text": javascript_text,
        "r_text": r_text,
    }


def form_of(query: str) -> str:
    """`select`, `ask` or `graph`, by the query's first keyword; of a broken query `select`.

    >>> form_of("PREFIX select: <http://e/ask> CONSTRUCT WHERE { ?s ?p 'ASK' }")
    'graph'
    """
    return next((_FORMS[t.keyword] for t in tokens(query) if t.keyword in _FORMS), "select")


def pastes(query: str, endpoint: str) -> list[dict[str, str]]:
    """The query in each language in which its form can be asked."""
    if "\0" in query:
        raise InvalidQuery("A query cannot hold a NUL.")
    query = re.sub(r"\r\n?", "\n", query).strip("\n")
    form = form_of(query)
    # SPARQL 1.1 has CSV for solutions and graphs have none; a truth value is told in JSON.
    told = {
        "select": format_named("csv", Kind.SOLUTIONS),
        "ask": format_named("json", Kind.SOLUTIONS),
        "graph": format_named("turtle", Kind.GRAPH),
    }[form]
    found = []
    for paste in PASTES:
        if form in paste.forms:
            template = current_app.jinja_env.get_template(f"code/{paste.template}")
            code = template.render(
                query=query, endpoint=endpoint, form=form, media_type=told.media_type
            )
            found.append(
                {
                    "name": paste.name,
                    "label": paste.label,
                    "language": paste.language,
                    "code": code.strip() + "\n",
                }
            )
    return found


@blueprint.post("/api/code")
@documented(
    summary="A query as code to paste, in several languages",
    body=CodeBody,
    answer=CodeAnswer,
    common=False,
)
def code() -> Response:
    """Code that asks a query here, to paste into a program."""
    return json_response({"snippets": pastes(sent(CodeBody).query, request.host_url + "sparql")})


def shell_word(text: str) -> str:
    r"""A text as one word of a POSIX shell.

    >>> print(shell_word("it's"))
    'it'\''s'
    """
    return "'" + text.replace("'", "'\\''") + "'"


def python_text(text: str) -> str:
    r'''A text as a string of Python, on its own lines.

    >>> eval(python_text('it"s \\ """'))
    '\nit"s \\ """\n'
    '''
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""\n{escaped}\n"""'


def javascript_text(text: str) -> str:
    r"""A text as a template literal of JavaScript, on its own lines.

    >>> javascript_text("`${x}`")
    '`\n\\`\\${x}\\`\n`'
    """
    escaped = text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    return f"`\n{escaped}\n`"


def r_text(text: str) -> str:
    r"""A text as a raw string of R 4, with as many dashes as tell its end apart.

    >>> r_text('a)-"')
    'r"--(\na)-"\n)--"'
    """
    dashes = ""
    while f'){dashes}"' in text or not dashes:
        dashes += "-"
    return f'r"{dashes}(\n{text}\n){dashes}"'
