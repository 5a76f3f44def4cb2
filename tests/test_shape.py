"""What shapes the cache besides the corpus: any file of the package, any library that reads articles."""

import ast
import shutil
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from retrieval import shape
from retrieval.shape import LIBRARIES, code_shape

PACKAGE = Path(shape.__file__).parent
NOT_SHAPING = {"aiosqlite", "numpy", "rank-bm25", "RapidFuzz"}
"""Libraries that keep, rank or ask: another version of them makes the same passages."""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package, to change."""
    return Path(shutil.copytree(PACKAGE, tmp_path / "retrieval", ignore=shutil.ignore_patterns("__pycache__")))


def test_the_same_code_has_the_same_shape(package: Path) -> None:
    """The digest depends on what the files hold, not on where they are or whether they were compiled."""
    (package / "models.cpython-311.pyc").write_bytes(b"compiled")

    assert code_shape() == code_shape(package)


def test_a_changed_file_changes_the_shape(package: Path) -> None:
    """One changed byte is enough."""
    path = package / "models.py"
    path.write_bytes(path.read_bytes() + b"\n")

    assert code_shape() != code_shape(package)


def test_a_renamed_file_changes_the_shape(package: Path) -> None:
    """So is a name."""
    (package / "models.py").rename(package / "model.py")

    assert code_shape() != code_shape(package)


def test_a_list_of_words_changes_the_shape(package: Path) -> None:
    """Files that are no code count too."""
    (package / "words.txt").write_text("peace\n")

    assert code_shape() != code_shape(package)


def test_every_library_is_judged() -> None:
    """Each library that the package imports either shapes the cache or is known not to."""
    imported = {name for path in PACKAGE.rglob("*.py") for name in _imported(path)} - sys.stdlib_module_names
    distributions = packages_distributions()

    assert {distributions[name][0] for name in imported - {"retrieval"}} <= {*LIBRARIES, *NOT_SHAPING}


def _imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    named = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in plain + named}
