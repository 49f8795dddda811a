"""What a worker process of the web server imports: the application, from its environment."""

from __future__ import annotations

import logging
import sys
import threading

import structlog
from flask import Flask

from graph.reading import article_iris
from server.application import create_app
from server.configuration import Configuration
from server.language import LANGUAGES


def application() -> Flask:
    """The application of this process."""
    # Plain lines on standard error, with tracebacks that show no values.
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    app = create_app(Configuration.from_environment())
    threading.Thread(target=_warm, args=(app,), daemon=True).start()
    return app


def _warm(app: Flask) -> None:
    """Ask for what the network page needs, so that its first reader does not wait."""
    slugs = [iri.rpartition("/")[2] for iri in article_iris(app.extensions["shuangma"].engine)]
    client = app.test_client()
    for language in LANGUAGES:
        client.get("/api/network", query_string={"lang": language})
        for slug in slugs[:1]:
            text = {"text": language} if language == "en" else {}
            client.get(f"/api/article/{slug}", query_string={"lang": language, **text})
            client.get(
                f"/article/{slug}", query_string={"lang": language}, headers={"Accept": "text/html"}
            )
