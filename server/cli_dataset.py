"""The commands that read and write datasets: query, update, load, export, editions, token."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from graph.errors import ShuangmaError
from ontology import CANONICAL_BASE, Vocabulary
from ontology import load as load_ontology
from server.configuration import Configuration

_DEFAULTS = Configuration()
_STDIN = "-"


def _store_option(function: Any) -> Any:
    return click.option(
        "--store",
        type=click.Path(path_type=Path),
        default=Path(_DEFAULTS.store),
        show_default=True,
        envvar="SHUANGMA_STORE",
        help="Folder of the dataset.",
    )(function)


def _text(argument: str) -> str:
    """A text that is given: itself, `@FILE`, or `-` for standard input."""
    if argument == _STDIN:
        return sys.stdin.read()
    if not argument.startswith("@"):
        return argument
    try:
        return Path(argument[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise click.BadParameter(f"{argument[1:]} cannot be read: {reason}.") from error


def _vocabulary(base: str | None) -> Vocabulary:
    try:
        return load_ontology(base or CANONICAL_BASE)
    except ValueError:
        return load_ontology()


@click.command()
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
@click.option("--edition", default=None, help="An earlier edition. [default: the one served]")
def query(sparql: str, store: Path, name: str, default_graph: str, edition: str | None) -> None:
    """Answer a SPARQL query; `-` reads it from standard input, `@FILE` from a file.

    The prefixes of the dataset are known to the query.

    \b
    shuangma query 'SELECT ?n WHERE { id:DingTalk skos:prefLabel ?n }'
    shuangma query --format csv @data/queries/01-who-appears.rq
    """
    from graph.oxigraph import OxigraphEngine
    from graph.representation import Writer
    from graph.store import EditionStore
    from server.querying import answer

    text = _text(sparql)
    with EditionStore(store).open(edition) as opened:
        vocabulary = _vocabulary(opened.edition.base)
        writer = Writer(vocabulary.prefixes, vocabulary.context)
        engine = OxigraphEngine(opened.database, opened.edition.name, writer)
        body = answer(engine, text, name, vocabulary, union=default_graph == "union")
    sys.stdout.buffer.write(body)


@click.command()
@click.argument("sparql")
@_store_option
def update(sparql: str, store: Path) -> None:
    """Apply a SPARQL update; `-` reads it from standard input, `@FILE` from a file.

    The prefixes of the dataset are known to it. It changes the unnamed graph where it names
    none, and says how many quads it added and removed.

    \b
    shuangma update 'INSERT DATA { id:Momo schema:url <https://momo.example/> }'
    shuangma update @change.ru
    """
    from graph.store import EditionStore
    from graph.updating import update as apply
    from graph.writing import EditionWriter
    from server.querying import shifted, with_prefixes

    opened = EditionStore(store)
    before = opened.current()
    text = _text(sparql)
    whole = with_prefixes(text, _vocabulary(before.base if before else None))

    with shifted(whole, text):
        edition = EditionWriter(opened).write(
            lambda database, current: apply(database, whole, None, current), "update"
        )
    if before and edition.name == before.name:
        click.echo(f"Nothing changed; edition {edition.name} stays.")
    elif edition.added is None:
        click.echo(f"Made edition {edition.name} in {store}.")
    else:
        click.echo(
            f"Made edition {edition.name} in {store}: "
            f"{edition.added:,} quads added, {edition.removed:,} removed."
        )


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@_store_option
@click.option("--graph", default=None, help="IRI of the graph to load into.")
@click.option("--format", "name", default=None, help="Format, where the file's name says none.")
@click.option("--base", default=None, help="Base of relative IRIs. [default: the file's own]")
def load(
    files: tuple[str, ...], store: Path, graph: str | None, name: str | None, base: str | None
) -> None:
    """Load RDF files into the store: all of them, or on a mistake none.

    Formats are told by the files' names (.ttl .nt .nq .trig .rdf .jsonld), compressed by
    .gz, .bz2 or .xz; `-` reads standard input. Triples go into --graph, or the unnamed
    graph; quads where they say. What is there stays.

    \b
    shuangma load companies.ttl people.nt.gz --store my-store
    shuangma load 'dumps/*.nq' --store my-store
    curl https://e.example/graph.ttl | shuangma load - --format turtle --store my-store
    """
    from pyoxigraph import NamedNode

    from graph.errors import InvalidRdf
    from graph.store import EditionStore
    from graph.uploading import put
    from graph.writing import EditionWriter, Written

    try:
        named = NamedNode(graph) if graph else None
    except ValueError as error:
        raise click.BadParameter(f"“{graph}” is no absolute IRI.", param_hint="--graph") from error
    with _uploads(files, name, base) as uploads, _progress(uploads) as watch:

        def change(database: Any, _current: Any) -> Written:
            for upload in uploads:
                told = watch(upload)
                try:
                    put(database, [upload], named, watch=told)
                except InvalidRdf as error:
                    given = "Standard input" if upload.path.name == _STDIN else upload.path
                    raise InvalidRdf(f"{given}: {error}") from error
            return Written(fields=(("quads", len(database)),))

        edition = EditionWriter(EditionStore(store)).write(change, "load")
    click.echo(f"Made edition {edition.name} in {store}: {edition.quads:,} quads in all.")


@contextmanager
def _uploads(files: tuple[str, ...], name: str | None, base: str | None) -> Iterator[list[Any]]:
    from graph.change import Upload
    from graph.representation import Kind, format_named
    from graph.uploading import format_of

    form = format_named(name, Kind.GRAPH, Kind.DATASET) if name else None
    uploads = []
    with tempfile.TemporaryDirectory() as scratch:
        for given in files:
            if given == _STDIN:
                if form is None:
                    raise click.BadParameter("Say --format for what is read from standard input.")
                path = Path(scratch) / _STDIN
                with path.open("wb") as file:
                    while part := sys.stdin.buffer.read(1 << 20):
                        file.write(part)
                uploads.append(Upload(path, form, base))
                continue
            found = [given] if Path(given).exists() else sorted(_matching(given))
            if not found:
                raise click.BadParameter(f"There is no file {given}.")
            for path in map(Path, found):
                if path.is_dir():
                    raise click.BadParameter(f"{path} is a folder. Name its files: {path}/*.ttl")
                own = base or path.resolve().as_uri()
                uploads.append(Upload(path, form or format_of(path), own))
        yield uploads


def _matching(pattern: str) -> Iterator[str]:
    """The files that a pattern matches, for shells that leave it to us."""
    start = Path(pattern)
    try:
        found = Path(start.anchor).glob(str(start.relative_to(start.anchor)))
        yield from map(str, found)
    except (ValueError, NotImplementedError):
        return


@contextmanager
def _progress(uploads: list[Any]) -> Iterator[Any]:
    """A bar on a terminal; nothing where output is piped."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _upload: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:

        def watch(upload: Any) -> Any:
            size = upload.path.stat().st_size
            packed = upload.path.suffix in {".gz", ".bz2", ".xz"}
            task = progress.add_task(upload.path.name, total=None if packed else size)
            return lambda count: progress.update(task, completed=count)

        yield watch


@click.command()
@_store_option
@click.option(
    "--format",
    "name",
    default="turtle",
    show_default=True,
    help="turtle, jsonld, ntriples, rdfxml, nquads, trig or jsonld-dataset; turtle12, "
    "nanopublications, tree; graphml, gexf, tables (a ZIP of CSV).",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="File to write. [default: standard output]",
)
@click.option("--article", default=None, help="Only what one article says: its slug.")
@click.option(
    "--thing", default=None, help="Only one thing with its evidence: its IRI, or id/Name."
)
@click.option(
    "--language",
    type=click.Choice(["zh-Hant", "zh-Hans", "en"]),
    default="en",
    show_default=True,
    help="Language of the labels in graphml, gexf and tables.",
)
@click.option("--edition", default=None, help="An earlier edition. [default: the one served]")
def export(
    store: Path,
    name: str,
    output: Path | None,
    article: str | None,
    thing: str | None,
    language: str,
    edition: str | None,
) -> None:
    """Write the whole dataset, one article or one thing.

    Formats that hold one graph get the union of all graphs.

    \b
    shuangma export --format turtle --output graph.ttl
    shuangma export --format nquads | gzip > graph.nq.gz
    shuangma export --format graphml --article ma-yun-social --output story.graphml
    shuangma export --format nanopublications --thing id/DingTalk --output dingtalk.trig
    """
    from graph.export import Setting, write_part, write_whole
    from graph.oxigraph import OxigraphEngine
    from graph.representation import VIEWS, Kind, Writer, format_named
    from graph.store import EditionStore

    if article and thing:
        raise click.UsageError("Name an article or a thing, not both.")
    kinds = (Kind.GRAPH, Kind.DATASET, *dict.fromkeys(each.kind for each in VIEWS))
    form = format_named(name, *kinds)
    with EditionStore(store).open(edition) as opened:
        vocabulary = _vocabulary(opened.edition.base)
        writer = Writer(vocabulary.prefixes, vocabulary.context)
        engine = OxigraphEngine(opened.database, opened.edition.name, writer)
        told = Setting(
            writer,
            vocabulary.namespace,
            vocabulary.base,
            language,
            opened.edition.name,
            opened.edition.made,
        )
        iri = f"graph/{article}" if article else thing
        if iri and ":" not in iri:
            iri = vocabulary.base + iri
        with _output(output) as file:
            if iri is None:
                write_whole(opened.database, engine, form, told, file)
            else:
                write_part(engine, iri, form, told, file)


@contextmanager
def _output(output: Path | None) -> Iterator[Any]:
    """A file that is whole or not there; without a path, standard output."""
    if output is None:
        yield sys.stdout.buffer
        return
    partial = output.with_name(f".{output.name}.partial")
    try:
        with partial.open("wb") as file:
            yield file
            size = file.tell()
        partial.replace(output)
    except OSError as error:
        raise ShuangmaError(f"{output} cannot be written: {error.strerror}.") from error
    finally:
        partial.unlink(missing_ok=True)
    click.echo(f"Wrote {output}: {size:,} bytes.", err=True)


@click.group()
def editions() -> None:
    """List, compare and go back to editions of the dataset.

    \b
    shuangma editions list
    shuangma editions diff 000001 000002
    shuangma editions restore 000001
    """


@editions.command("list")
@_store_option
def list_editions(store: Path) -> None:
    """Show the editions that are kept, the oldest first; `*` marks the one that is served."""
    from graph.store import EditionStore

    opened = EditionStore(store)
    served = opened.current_name()
    for edition in opened.editions():
        mark = "*" if edition.name == served else " "
        quads = "" if edition.quads is None else f"{edition.quads:,} quads"
        counted = edition.added is not None
        change = f"+{edition.added:,} -{edition.removed:,}" if counted else ""
        row = (mark, edition.name, edition.made, f"{edition.by:<16}", f"{quads:>18}", change)
        click.echo("  ".join(row).rstrip())


@editions.command()
@click.argument("old")
@click.argument("new", required=False)
@_store_option
@click.option("--count", is_flag=True, help="Say only how many.")
def diff(old: str, new: str | None, store: Path, count: bool) -> None:
    """Show the quads added (+) and removed (-) from OLD to NEW, or to the edition served."""
    from graph.store import EditionStore, difference

    added = removed = 0
    for sign, line in difference(EditionStore(store), old, new):
        added += sign == "+"
        removed += sign == "-"
        if not count:
            click.echo(f"{sign} {line} .")
    click.echo(f"{added:,} quads added, {removed:,} removed.", err=not count)


@editions.command()
@click.argument("name")
@_store_option
def restore(name: str, store: Path) -> None:
    """Serve an earlier edition again, as a new edition; nothing in between is lost."""
    from graph.store import EditionStore
    from graph.writing import EditionWriter

    edition = EditionWriter(EditionStore(store)).restore(name)
    click.echo(f"Edition {edition.name} is {name} again.")


@click.group()
def token() -> None:
    """Make, list and revoke the tokens that let a client write over HTTP.

    \b
    shuangma token create --name nightly-load
    shuangma token list
    shuangma token revoke nightly-load
    """


@token.command()
@_store_option
@click.option("--name", default=None, help="Name to know it by. [default: token-1, …]")
def create(store: Path, name: str | None) -> None:
    """Make a token and print it, once: only its hash is kept."""
    from server.tokens import TokenBook

    click.echo(TokenBook(store).create(name))


@token.command("list")
@_store_option
def list_tokens(store: Path) -> None:
    """Show the names of tokens and when they were made."""
    from server.tokens import TokenBook

    for each in TokenBook(store).tokens():
        click.echo(f"{each.made}  {each.name}")


@token.command()
@click.argument("name")
@_store_option
def revoke(name: str, store: Path) -> None:
    """Forget a token: whoever has it writes no more, at once."""
    from server.tokens import TokenBook

    TokenBook(store).revoke(name)
    click.echo(f"The token “{name}” is revoked.")


def write_file(body: bytes, output: Path | None) -> None:
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


COMMANDS = (query, update, load, export, editions, token)
