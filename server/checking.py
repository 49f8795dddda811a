"""`shuangma check`: runs every check on a store and says what each found."""

from __future__ import annotations

from pathlib import Path

import click

from graph.article import read_article
from graph.build import folders_of
from graph.dataset import Dataset, build_dataset, fingerprint, links
from graph.entailment import check_entailment
from graph.export import everything
from graph.original import check_original, original_text
from graph.reading import article_iris, read
from graph.store import EditionStore
from graph.validation import check_step, validate_shapes
from ontology import Vocabulary, load

_LISTED = 20


def report(store: Path, articles: Path, original: Path | None) -> bool:
    """Check the store's edition, and the articles it was built from; True if all is well."""
    opened = EditionStore(store)
    engine = opened.engine()
    edition = opened.current()
    assert edition is not None
    vocabulary = load(edition.base)
    folders = folders_of(articles)
    if original:  # the wrong file is told at once, not after everything else
        for article in map(read_article, folders):
            if article.metadata.original:
                original_text(article, original)
    quads = everything(engine)
    click.echo(f"Edition {edition.name}: {len(quads):,} quads in {store}")

    step = check_step(quads, vocabulary)
    share = 100 * step.statements_with_passage / step.statements if step.statements else 100
    well = [
        _say(f"statements: {step.statements:,}, with a passage: {share:.0f} %", share == 100),
        _say(
            f"facts: {step.facts:,}, without a statement: {len(step.facts_without_statement)}",
            not step.facts_without_statement,
            step.facts_without_statement,
        ),
        _say(
            f"asserted statements without their fact: {len(step.asserted_without_fact)}",
            not step.asserted_without_fact,
            step.asserted_without_fact,
        ),
    ]
    violations = validate_shapes(quads, vocabulary)
    well.append(_say(f"SHACL violations: {len(violations)}", not violations, violations))
    for iri in article_iris(engine):
        reading = read(engine, iri, vocabulary.namespace, "en")
        uncited = reading.uncited(reading.texts[0])
        _say(
            f"{reading.slug}: paragraphs without a statement: {len(uncited)}",
            True,
            [f"{block.passage.fragment} {block.text}" for block in uncited],
        )

    if fingerprint(folders, vocabulary) == edition.fingerprint:
        well += _check_articles(build_dataset(folders, vocabulary), original, vocabulary)
    elif original:
        well.append(_say("the articles differ from this edition: build before --original", False))
    else:
        click.echo("skipped: entailment, since the articles differ from this edition")
    click.echo("All is well." if all(well) else "Something is amiss; see above.")
    return all(well)


def _check_articles(dataset: Dataset, original: Path | None, vocabulary: Vocabulary) -> list[bool]:
    cited = [fact for article in dataset.articles for fact in article.facts]
    types = [pair for article in dataset.articles for pair in article.types.items()]
    entailment = check_entailment(links(cited), types, dataset.inferences, vocabulary)
    well = [
        _say(
            f"OWL 2 RL contradictions: {len(entailment.contradictions)}",
            not entailment.contradictions,
            entailment.contradictions,
        ),
        _say(
            f"inferred: {len(dataset.inferences):,}, "
            f"outside the OWL 2 RL closure: {len(entailment.unfounded)}",
            not entailment.unfounded,
            [str(link) for link in entailment.unfounded],
        ),
    ]
    if original:
        described = [a for a in dataset.articles if a.article.metadata.original]
        for compiled in described:
            found = check_original(compiled, original, vocabulary)
            well.append(
                _say(
                    f"{compiled.article.slug}: original agrees; {found.spans} spans, "
                    f"{found.numerals} numerals, {found.names} names, "
                    f"problems: {len(found.problems)}",
                    not found.problems,
                    [str(problem) for problem in found.problems],
                )
            )
        if not described:
            well.append(_say("no article describes an original", False))
    return well


def _say(line: str, well: bool, details: list[str] | tuple[str, ...] = ()) -> bool:
    click.echo(f"{'ok   ' if well else 'WRONG'}  {line}")
    for detail in details[:_LISTED]:
        click.echo(f"         {detail}")
    if len(details) > _LISTED:
        click.echo(f"         … and {len(details) - _LISTED} more")
    return well
