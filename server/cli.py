"""The command line: `shuangma build | serve | query | export | check | picture | new`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from graph.errors import ShuangmaError
from ontology import CANONICAL_BASE, Vocabulary, load
from server.configuration import Configuration

_DEFAULTS = Configuration()


class _Commands(click.Group):
    """Says our own errors in one line and exits 1; nothing of them is a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ShuangmaError as error:
            click.echo(f"shuangma: {error}", err=True)
            ctx.exit(1)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(1)


def _store_option(function: Any) -> Any:
    return click.option(
        "--store",
        type=click.Path(path_type=Path),
        default=_DEFAULTS.store,
        show_default=True,
        envvar="SHUANGMA_STORE",
        help="Folder of the dataset.",
    )(function)


def _articles_option(function: Any) -> Any:
    return click.option(
        "--articles",
        type=click.Path(path_type=Path, file_okay=False),
        default=_DEFAULTS.articles,
        envvar="SHUANGMA_ARTICLES",
        help="Folder of the articles. [default: those of the project]",
    )(function)


def _base_option(function: Any) -> Any:
    return click.option(
        "--base",
        default=CANONICAL_BASE,
        show_default=True,
        envvar="SHUANGMA_BASE",
        help="Base of the IRIs that the build mints.",
    )(function)


def _replace_option(function: Any) -> Any:
    return click.option(
        "--replace", is_flag=True, help="Leave out articles that the store holds and these are not."
    )(function)


def _load(base: str) -> Vocabulary:
    try:
        return load(base)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--base") from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="shuangma")
def main() -> None:
    """Shuangma: a cited knowledge graph you can query, see and take away.

    \b
    shuangma serve                                # build if due, then serve
    shuangma query 'SELECT * WHERE { ?s ?p ?o } LIMIT 5'
    shuangma export --format turtle --output graph.ttl
    """


@main.command()
@click.argument("slugs", metavar="[ARTICLE]...", nargs=-1)
@_store_option
@_articles_option
@_base_option
@_replace_option
def build(slugs: tuple[str, ...], store: Path, articles: Path, base: str, replace: bool) -> None:
    """Build the articles into the store: all of them, or those named.

    \b
    shuangma build
    shuangma build ma-yun-social --store my-store
    """
    from graph.build import build as build_edition
    from graph.build import folders_of
    from graph.store import EditionStore

    edition = build_edition(
        EditionStore(store), folders_of(articles, slugs), _load(base), replace=replace
    )
    click.echo(f"Built edition {edition.name} in {store}: {edition.quads:,} quads.")


@main.command()
@_store_option
@_articles_option
@_base_option
@_replace_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=None,
    help="Port to listen on. [default: 8080, or the next one that is free]",
)
@click.option(
    "--default-graph",
    type=click.Choice(["union", "strict"]),
    default="union",
    show_default=True,
    envvar="SHUANGMA_DEFAULT_GRAPH",
    help="What a query without GRAPH reads: the union of all graphs, or the unnamed one alone.",
)
def serve(
    store: Path,
    articles: Path,
    base: str,
    replace: bool,
    host: str,
    port: int | None,
    default_graph: str,
) -> None:
    """Build if that is due, then serve until interrupted.

    \b
    shuangma serve
    shuangma serve --articles my-articles --port 8000
    """
    from graph.build import build_when_due, folders_of
    from graph.store import EditionStore
    from server.serving import free_port
    from server.serving import serve as run

    chosen = free_port(host, port)
    edition = build_when_due(
        EditionStore(store), folders_of(articles), _load(base), replace=replace
    )
    if edition:
        click.echo(f"Built edition {edition.name} in {store}: {edition.quads:,} quads.")
    own = articles.resolve() != _DEFAULTS.articles
    configuration = Configuration(
        store=store.resolve(),
        base=base,
        articles=articles.resolve(),
        # Questions stand beside the articles that they are about.
        queries=articles.resolve().parent / "queries" if own else _DEFAULTS.queries,
        default_graph=default_graph,
    )
    run(configuration, host, chosen)


@main.command()
@click.argument("sparql")
@_store_option
@click.option(
    "--format",
    "name",
    default="table",
    show_default=True,
    help="table, json, csv, tsv, xml; for graphs turtle, jsonld, ntriples, rdfxml.",
)
@click.option(
    "--default-graph",
    type=click.Choice(["union", "strict"]),
    default="union",
    show_default=True,
    envvar="SHUANGMA_DEFAULT_GRAPH",
    help="What a query without GRAPH reads.",
)
def query(sparql: str, store: Path, name: str, default_graph: str) -> None:
    """Answer a SPARQL query; `-` reads it from standard input, `@FILE` from a file.

    The prefixes of the dataset are known to the query.

    \b
    shuangma query 'SELECT ?n WHERE { id:DingTalk skos:prefLabel ?n }'
    shuangma query --format csv @data/queries/01-who-appears.rq
    """
    from graph.store import EditionStore
    from server.querying import answer

    text = sys.stdin.read() if sparql == "-" else sparql
    if sparql.startswith("@"):
        try:
            text = Path(sparql[1:]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise click.BadParameter(f"{sparql[1:]} cannot be read: {reason}.") from error
    opened = EditionStore(store)
    engine = opened.open()
    edition = opened.current()
    assert edition is not None
    body = answer(engine, text, name, _load(edition.base), union=default_graph == "union")
    sys.stdout.buffer.write(body)


@main.command()
@_store_option
@click.option(
    "--format",
    "name",
    default="turtle",
    show_default=True,
    help="turtle, jsonld, ntriples, rdfxml, nquads, trig or jsonld-dataset.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="File to write. [default: standard output]",
)
def export(store: Path, name: str, output: Path | None) -> None:
    """Write the whole dataset. Formats that hold one graph get the union of all graphs.

    \b
    shuangma export --format turtle --output graph.ttl
    shuangma export --format nquads | gzip > graph.nq.gz
    """
    from graph.export import everything, triples_of
    from graph.representation import Kind, Writer, format_named
    from graph.store import EditionStore

    form = format_named(name, Kind.GRAPH, Kind.DATASET)
    opened = EditionStore(store)
    quads = everything(opened.open())
    edition = opened.current()
    assert edition is not None
    vocabulary = _load(edition.base)
    writer = Writer(vocabulary.prefixes, vocabulary.context)
    if form.kind is Kind.DATASET:
        body = writer.write_quads(quads, form)
    else:
        body = writer.write_triples(triples_of(quads), form)
    _write(body, output)


@main.command()
@_store_option
@_articles_option
@click.option(
    "--original",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="A copy of the original, to check each source span against.",
)
def check(store: Path, articles: Path, original: Path | None) -> None:
    """Check the dataset: SHACL, evidence, entailment, and the original where there is a copy.

    Exit code 1 when anything is amiss.

    \b
    shuangma check
    shuangma check --original article.txt
    """
    from server.checking import report

    if not report(store, articles, original):
        raise SystemExit(1)


@main.command()
@_store_option
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="HTML file to write.",
)
@click.option(
    "--language",
    type=click.Choice(["zh-Hant", "zh-Hans", "en"]),
    default="zh-Hant",
    show_default=True,
    help="Language of the page.",
)
@click.option("--article", default=None, help="One article's network only.")
def picture(store: Path, output: Path, language: str, article: str | None) -> None:
    """Write the network as one HTML file that works offline, evidence included.

    \b
    shuangma picture --output story.html
    """
    from server.picture import picture as draw

    _write(draw(store, language, article), output)


@main.command()
@click.argument("slug")
@_articles_option
def new(slug: str, articles: Path) -> None:
    """Start an article: a folder with files to fill in.

    \b
    shuangma new my-article --articles my-articles
    """
    from graph.scaffold import scaffold

    folder = scaffold(articles, slug)
    click.echo(f"Made {folder}. Write its text, then its entities and statements; then")
    click.echo(f"shuangma serve --articles {articles} --store {articles}-store")


def _write(body: bytes, output: Path | None) -> None:
    """Write a whole file or none of it; without a path, to standard output."""
    if output is None:
        sys.stdout.buffer.write(body)
        return
    partial = output.with_name(f".{output.name}.partial")
    try:
        partial.write_bytes(body)
        partial.replace(output)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ShuangmaError(f"{output} cannot be written: {error.strerror}.") from error
    click.echo(f"Wrote {output}: {len(body):,} bytes.", err=True)


if __name__ == "__main__":
    main()
