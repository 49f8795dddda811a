"""Articles to compile, break and publish; the project's own dataset, built once."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.article import read_article
from graph.compile import CompiledArticle, compile_article
from graph.dataset import Dataset, build_dataset
from graph.representation import Writer
from graph.store import EditionStore
from ontology import Vocabulary, load

TESTS = Path(__file__).parent.parent
FIXTURES = TESTS / "articles"
PROJECT = TESTS.parent


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load()


@pytest.fixture(scope="session")
def writer(vocabulary: Vocabulary) -> Writer:
    return Writer(vocabulary.prefixes, vocabulary.context)


@pytest.fixture(scope="session")
def compiled(vocabulary: Vocabulary) -> Callable[[str], CompiledArticle]:
    """Compiles one of the articles beside the tests."""
    return lambda slug: compile_article(read_article(FIXTURES / slug), vocabulary)


@pytest.fixture(scope="session")
def fixtures_dataset(vocabulary: Vocabulary) -> Dataset:
    """The articles beside the tests, together."""
    folders = sorted(path.parent for path in FIXTURES.glob("*/article.yaml"))
    return build_dataset(folders, vocabulary)


@pytest.fixture(scope="session")
def real_dataset(vocabulary: Vocabulary) -> Dataset:
    """The project's own article."""
    return build_dataset([PROJECT / "data" / "articles" / "ma-yun-social"], vocabulary)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tea house's article, to be changed."""
    return Path(shutil.copytree(FIXTURES / "tea-house", tmp_path / "articles" / "tea-house"))


@pytest.fixture
def store(tmp_path: Path) -> EditionStore:
    return EditionStore(tmp_path / "store")
