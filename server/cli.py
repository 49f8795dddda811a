"""The command line: articles, the service, and what is made of a dataset.

`server.cli_dataset` has the commands that read and write datasets.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from graph.errors import ShuangmaError
from ontology import CANONICAL_BASE, Vocabulary, load
from server.configuration import Configuration, size_in_bytes

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


class _Size(click.ParamType):
    name = "size"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        try:
            return value if isinstance(value, int) else size_in_bytes(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


SIZE = _Size()


def _setting(option: str, told: str, kind: click.ParamType) -> Any:
    """An option of `serve` that is a setting of its name; `Configuration` has the default."""
    name = option.removeprefix("--").replace("-", "_")
    default = getattr(_DEFAULTS, name)
    shown = f"{default // 2**20}M" if isinstance(kind, _Size) else default
    return click.option(
        option,
        name,
        type=kind,
        default=None,
        envvar=f"SHUANGMA_{name.upper()}",
        help=f"{told} [default: {shown}]" if shown != "" else told,
    )


def _load_vocabulary(base: str) -> Vocabulary:
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
        EditionStore(store), folders_of(articles, slugs), _load_vocabulary(base), replace=replace
    )
    click.echo(f"Built edition {edition.name} in {store}: {edition.quads:,} quads.")


@main.command()
@click.option(
    "--store",
    default=_DEFAULTS.store,
    show_default=True,
    envvar="SHUANGMA_STORE",
    help="Folder of the dataset, or the address of another SPARQL engine.",
)
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
@_setting("--default-graph", "What a query without GRAPH reads.", click.Choice(["union", "strict"]))
@_setting("--query-timeout", "Seconds that a query may take.", click.FloatRange(min=0.1))
@_setting("--reader-memory", "Memory that a query may take, such as 512M.", SIZE)
@_setting("--readers", "Processes that answer SPARQL queries.", click.IntRange(1, 256))
@_setting("--write-timeout", "Seconds that a write may take.", click.FloatRange(min=0.1))
@_setting("--writer-memory", "Memory that a write may take.", SIZE)
@_setting("--hold", "Hold an edition of up to so much in memory; 0 for none.", SIZE)
@_setting("--update-url", "Where another engine takes updates.", click.STRING)
@_setting("--store-url", "Where another engine has its graph store.", click.STRING)
@_setting("--workers", "Processes that speak HTTP.", click.IntRange(1, 64))
@_setting("--token-file", "File of tokens that may write, one a line.", click.Path(dir_okay=False))
@_setting("--trusted-proxies", "Proxies before this service.", click.IntRange(0, 16))
@_setting("--metrics", "Figures for Prometheus at /metrics.", click.Choice(["on", "off"]))
@_setting("--budget", "Seconds of queries a client may have in a minute.", click.FloatRange(min=0))
def serve(
    store: str,
    articles: Path,
    base: str,
    replace: bool,
    host: str,
    port: int | None,
    **settings: Any,
) -> None:
    """Build if that is due, then serve until interrupted.

    \b
    shuangma serve
    shuangma serve --articles my-articles --port 8000
    shuangma serve --query-timeout 5 --readers 8 --reader-memory 512M
    """
    from dataclasses import replace as changed

    from graph.build import build_when_due, folders_of
    from graph.store import EditionStore
    from server.serving import free_port
    from server.serving import serve as run

    chosen = free_port(host, port)
    own = articles.resolve() != _DEFAULTS.articles
    try:
        configuration = Configuration.from_environment()
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    configuration = changed(
        configuration,
        store=store,
        base=base,
        articles=articles.resolve(),
        **{name: value for name, value in settings.items() if value is not None},
    )
    if own and "SHUANGMA_QUERIES" not in os.environ:
        # Questions stand beside the articles that they are about.
        configuration = changed(configuration, queries=articles.resolve().parent / "queries")
    if not configuration.is_remote:
        folder = Path(store)
        edition = build_when_due(
            EditionStore(folder), folders_of(articles), _load_vocabulary(base), replace=replace
        )
        if edition:
            click.echo(f"Built edition {edition.name} in {folder}: {edition.quads:,} quads.")
        configuration = changed(configuration, store=str(folder.resolve()))
    else:
        from server.workers import remote_engine

        found = remote_engine(configuration).probe()
        click.echo(f"{store} is {found.name}.")
        for note in found.notes:
            click.echo(f"  {note}")
    run(configuration, host, chosen)


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
    from server.cli_dataset import write_file
    from server.picture import picture as draw

    write_file(draw(store, language, article), output)


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


def _add_dataset_commands() -> None:
    from server import cli_dataset

    for command in cli_dataset.COMMANDS:
        main.add_command(command)


_add_dataset_commands()


if __name__ == "__main__":
    main()
