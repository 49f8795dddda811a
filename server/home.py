"""Home: what is here and the way to each page; and a sign of life for operators."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, render_template, request

from graph.question import Question
from graph.reading import article_iris, passage_property, read
from graph.representation import Kind
from server.caching import by_edition, with_etag
from server.language import choose
from server.negotiation import negotiate
from server.state import state

blueprint = Blueprint("home", __name__)

_COUNTS = """
PREFIX sm: <%s>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX schema: <https://schema.org/>
SELECT
  (COUNT(DISTINCT ?t) AS ?things) (COUNT(DISTINCT ?s) AS ?statements)
  (COUNT(DISTINCT ?f) AS ?figures) (COUNT(DISTINCT ?i) AS ?inferred)
WHERE {
  { ?t skos:prefLabel ?label FILTER(STRSTARTS(STR(?t), "%sid/")) }
  UNION { ?s a sm:Statement } UNION { ?f a schema:Observation } UNION { ?i a sm:Inference }
}
"""


@blueprint.get("/")
@by_edition
def index() -> str:
    """The home page."""
    here, language = state(), choose()
    namespace = here.vocabulary.namespace
    articles = []
    for iri in article_iris(here.engine):
        article = read(here.engine, iri, namespace, language)
        cited = article.cited.get(iri, {})
        articles.append(
            {
                "slug": article.slug,
                "title": article.title,
                "date": (article.date or "")[:10],
                "author": article.author,
                "statements": len({s for statements in cited.values() for s in statements}),
                "url": here.local_path(iri) or f"/article/{article.slug}",
            }
        )
    row = here.engine.select(_COUNTS % (namespace, here.vocabulary.base))[0]
    counts = {name: int(term.value) for name, term in row.items()}
    return render_template(
        "home/index.html", articles=articles, counts=counts, questions=questions_in(language)
    )


def questions_in(
    language: str, questions: Sequence[Question] | None = None
) -> list[dict[str, str]]:
    """The example questions, or these, with titles and passages in one language."""
    passage = passage_property(state().engine, language)
    return [
        {
            "name": question.name,
            "title": question.title(language),
            "description": question.description(language),
            "query": question.query_by(passage),
        }
        for question in (state().questions if questions is None else questions)
    ]


@blueprint.get("/healthz")
def health() -> Response:
    """Whether the service answers, and from which edition."""
    return Response(f"ok {state().engine.edition}\n", mimetype="text/plain")


@blueprint.get("/.well-known/void")
def void() -> Response:
    """The dataset's description in VoID (https://www.w3.org/TR/void/, section 7.2)."""
    here = state()
    form = negotiate(Kind.GRAPH)
    origin = request.host_url.rstrip("/")
    body, content_type = here.description.dataset(here.engine, origin, form)
    response = Response(body, content_type=content_type)
    response.vary.add("Accept")
    return with_etag(response)
