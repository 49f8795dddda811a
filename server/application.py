"""The application factory: one Flask application over one store."""

from __future__ import annotations

import hashlib
import time
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, request, send_from_directory, url_for

from graph.reading import article_iris, read
from server import (
    api_page,
    article,
    errors,
    explore,
    export,
    home,
    links,
    network,
    ontology_page,
    pasting,
    resource,
    search,
    sitemap,
    sparql,
    terms,
    view_export,
    view_picture,
)
from server.language import LANGUAGES, SHORT_NAMES, choose, message
from server.messages import MESSAGES
from server.paths import path_of
from server.state import State, state

# Each has a blueprint: one line a part of the site.
_PARTS = (
    home,
    explore,
    network,
    view_export,
    view_picture,
    article,
    resource,
    export,
    sparql,
    search,
    terms,
    pasting,
    links,
    ontology_page,
    sitemap,
    api_page,
)
_LANGUAGE_COOKIE_AGE_S = 365 * 24 * 3600


def create_app(held: State) -> Flask:
    """Make the application of the pages over what a service holds."""
    app = Flask(__name__)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["shuangma"] = held
    for module in _PARTS:
        app.register_blueprint(module.blueprint)
    pasting.register(app)
    app.add_url_rule("/modules/<digest>/<path:name>", "module", _send_module)
    errors.register(app)
    app.context_processor(_page_context)
    app.after_request(_remember_language)
    app.after_request(_keep_assets)
    return app


def _page_context() -> dict[str, Any]:
    """What every template may use."""
    language = choose()
    return {
        "_": lambda key: message(key, language),
        "language": language,
        "languages": [
            (tag, name, SHORT_NAMES[tag], _in_language(tag)) for tag, name in LANGUAGES.items()
        ],
        "words": lambda prefix: {
            key: message(key, language) for key in MESSAGES if key.startswith(prefix)
        },
        "asset": _asset,
        "module": _module,
        "path": path_of,
        **_of_first_article(state().engine.edition, language),
        "edition": state().engine.edition,
        "dataset_title": message("site", language),
    }


@lru_cache(maxsize=16)
def _of_first_article(_edition: str, language: str) -> dict[str, str | None]:
    """Where the first article is read, in the reader's language if it can be, and its licence."""
    here = state()
    iri = next(iter(article_iris(here.engine)), None)
    if iri is None:
        return {"article_url": None, "data_license": None}
    article = read(here.engine, iri, here.vocabulary.namespace, language)
    wanted = next((t for t in article.texts[1:] if t.language == language), article.texts[0])
    return {"article_url": path_of(wanted.iri), "data_license": article.license}


def _in_language(tag: str) -> str:
    pairs = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
    return f"{request.path}?{urlencode([*pairs, ('lang', tag)])}"


@lru_cache(maxsize=64)
def _digest(path: str, _changed_ns: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def _asset(name: str) -> str:
    """The address of a static file; a digest of its content lets it be cached for ever."""
    path = Path(__file__).parent / "static" / name
    digest = _digest(str(path), path.stat().st_mtime_ns) if path.is_file() else "0"
    return url_for("static", filename=name, v=digest)


@lru_cache(maxsize=4)
def _digest_of_modules(_changed_ns: int) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in _modules())).hexdigest()[:12]


def _modules() -> list[Path]:
    static = Path(__file__).parent / "static"
    return sorted([*static.glob("*.js"), *static.glob("*/*.js")])


def _modules_now() -> str:
    return _digest_at(int(time.monotonic()))


@lru_cache(maxsize=1)
def _digest_at(_second: int) -> str:
    """The digest, looked for once a second: looking at each module's date took 6 ms a page."""
    return _digest_of_modules(max(path.stat().st_mtime_ns for path in _modules()))


def _module(name: str) -> str:
    """The address of a module; those that it imports by a relative name are kept with it."""
    return f"/modules/{_modules_now()}/{name}"


def _send_module(digest: str, name: str) -> Response:
    response = send_from_directory(Path(__file__).parent / "static", name)
    if digest == _modules_now():
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = _LANGUAGE_COOKIE_AGE_S
        response.cache_control.immutable = True
    return response


def _keep_assets(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args:
        response.cache_control.public = True
        response.cache_control.max_age = _LANGUAGE_COOKIE_AGE_S
        response.cache_control.immutable = True
    return response


def _remember_language(response: Response) -> Response:
    asked = request.args.get("lang")
    if asked in LANGUAGES and response.mimetype == "text/html":
        response.set_cookie(
            "lang", asked, max_age=_LANGUAGE_COOKIE_AGE_S, samesite="Lax", httponly=True
        )
    if response.mimetype == "text/html":
        response.vary.update({"Accept-Language", "Cookie"})
    return response
