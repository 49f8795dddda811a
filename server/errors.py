"""Errors as answers: one table from error to status, one shape (RFC 9457), one page."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, NotFound

from graph import errors
from server.error_words import words_of, words_of_status
from server.language import choose, message
from server.link_book import LinkNotFound, LinkRefused, LinksUnavailable
from server.negotiation import NotAcceptable
from server.protocol.message import PROBLEM_TYPE, Reply
from server.protocol.message import problem as problem_document
from server.tokens import TokenError

STATUS: dict[type[errors.ShuangmaError], HTTPStatus] = {
    errors.InvalidQuery: HTTPStatus.BAD_REQUEST,
    errors.UnsupportedFormat: HTTPStatus.BAD_REQUEST,
    errors.InvalidIri: HTTPStatus.BAD_REQUEST,
    NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    errors.NotRepresentable: HTTPStatus.NOT_ACCEPTABLE,
    errors.ResourceNotFound: HTTPStatus.NOT_FOUND,
    errors.ArticleNotFound: HTTPStatus.NOT_FOUND,
    errors.ServiceRefused: HTTPStatus.FORBIDDEN,
    errors.QueryFailed: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.QueryTimedOut: HTTPStatus.GATEWAY_TIMEOUT,
    errors.QueryOutOfMemory: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.QueryCancelled: HTTPStatus.CONFLICT,
    errors.ReaderLost: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.AnswerTooLarge: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.TooLargeForFormat: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.DumpUnavailable: HTTPStatus.INSUFFICIENT_STORAGE,
    errors.UpdateFailed: HTTPStatus.CONFLICT,
    errors.InvalidRdf: HTTPStatus.BAD_REQUEST,
    errors.EngineUnavailable: HTTPStatus.BAD_GATEWAY,
    errors.GraphNotFound: HTTPStatus.NOT_FOUND,
    errors.ViewTooLarge: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.EditionGone: HTTPStatus.GONE,
    errors.EditionNotFound: HTTPStatus.NOT_FOUND,
    TokenError: HTTPStatus.INTERNAL_SERVER_ERROR,
    LinkRefused: HTTPStatus.BAD_REQUEST,
    LinkNotFound: HTTPStatus.NOT_FOUND,
    LinksUnavailable: HTTPStatus.NOT_FOUND,
    errors.InvalidArticle: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.QuoteNotFound: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.QuoteAmbiguous: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.OriginalMismatch: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ShuangmaError: HTTPStatus.INTERNAL_SERVER_ERROR,
}

log = structlog.get_logger()


def status_of(error: errors.ShuangmaError) -> HTTPStatus:
    """The status of an error: that of its nearest class in the table."""
    return next(STATUS[each] for each in type(error).__mro__ if each in STATUS)


def reply_to(error: errors.ShuangmaError) -> Reply:
    """The problem document of an error."""
    return problem_document(status_of(error), str(error), **place_of(error))


def place_of(error: errors.ShuangmaError) -> dict[str, int | None]:
    """Where in a query or an upload the error is."""
    if isinstance(error, errors.InvalidQuery | errors.InvalidRdf):
        return {"line": error.line, "column": error.column}
    return {}


def register(app: Flask) -> None:
    """Answer every error in the one shape."""
    app.register_error_handler(errors.ShuangmaError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def problem(status: int, detail: str, page_detail: str | None = None, **members: Any) -> Response:
    """A problem document for machines, a page for people; `page_detail` in their language."""
    title = HTTPStatus(status).phrase
    body = problem_document(status, detail, **members).whole()
    if "text/html" in request.headers.get("Accept", "") and request.values.get("format") in {
        None,
        "html",
    }:
        language = choose()
        words = message(f"status.{status}", language)
        told = json.loads(body) | {"title": title if words.startswith("status.") else words}
        told_here = page_detail or words_of_status(status, language)
        if told_here:
            told["detail"] = told_here
            if not page_detail:
                told["original"] = detail
        page = render_template("error.html", problem=told, language=language)
        response = Response(page, status=status, mimetype="text/html")
    else:
        response = Response(body, status=status, content_type=PROBLEM_TYPE)
    response.vary.update({"Accept", "Accept-Language", "Cookie"})
    response.cache_control.no_store = True
    return response


def _domain_error(error: errors.ShuangmaError) -> Response:
    status = status_of(error)
    if isinstance(error, errors.ResourceNotFound):
        from server.absence import nothing_about  # which answers by `problem`

        return nothing_about(error.iri)
    words = words_of(error, choose())
    if isinstance(error, errors.EditionGone):
        words = message("error.edition_gone", choose()).format(edition=error.name)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request failed", path=request.path, error=str(error))
    return problem(status, str(error), words, **place_of(error))


def _http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return Response(error.get_body(), status=error.code, headers=error.get_headers())
    lost = error.code == HTTPStatus.NOT_FOUND and error.description == NotFound.description
    words = message("error.no_path", choose()) if lost else None
    response = problem(error.code, error.description or HTTPStatus(error.code).phrase, words)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    log.exception("unexpected error", path=request.path)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here. It was logged.")
