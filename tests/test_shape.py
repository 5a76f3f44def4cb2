"""What shapes the cache besides the corpus: any file that reads articles, any library that it uses."""

import ast
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from retrieval import shape
from retrieval.shape import FILES, LIBRARIES, SHAPING, code_shape

PACKAGE = Path(shape.__file__).parent
ROOTS = ("feeding", "archives", "keeping", "store", "indexing", "index/disk")
"""What reads articles, and keeps and feeds them."""
NOT_SHAPING = {
    "aiosqlite",
    "filelock",
    "numpy",
    "opensearch-py",
    "rank-bm25",
    "RapidFuzz",
    "watchfiles",
    "backports.zstd",
}
"""Libraries that keep, rank, ask or notice: another version of them makes the same passages."""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package, to change."""
    return Path(shutil.copytree(PACKAGE, tmp_path / "retrieval", ignore=shutil.ignore_patterns("__pycache__")))


def test_the_same_code_has_the_same_shape(package: Path) -> None:
    """The digest depends on what the files hold, not on where they are or whether they were compiled."""
    (package / "models.cpython-311.pyc").write_bytes(b"compiled")

    assert code_shape() == code_shape(package)


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_changes_the_shape(package: Path, name: str) -> None:
    """One changed byte of one file is enough."""
    path = package / name
    path.write_bytes(path.read_bytes() + b"\n")

    assert code_shape() != code_shape(package)


@pytest.mark.parametrize("name", ["ranking.py", "answers.py", "data/fitted.toml", "data/related.txt"])
def test_what_only_asks_shapes_nothing(package: Path, name: str) -> None:
    """After a change in what ranks or answers no article is read anew."""
    (package / name).write_bytes(b"")

    assert code_shape() == code_shape(package)


def test_every_module_that_reads_is_named() -> None:
    """The modules named are those that read, keep and feed, and all that these import."""
    found: set[str] = set()
    rest = [*ROOTS]
    while rest:
        if (name := rest.pop()) not in found and (PACKAGE / f"{name}.py").exists():
            found.add(name)
            rest += _own(PACKAGE / f"{name}.py")

    assert sorted(found) == [*SHAPING]


def test_every_data_file_that_reads_is_named() -> None:
    """No module named reads another file than those named."""
    files = {path.name for path in (PACKAGE / "data").iterdir()}
    trees = [ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8")) for module in SHAPING]
    read = {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in files
    }

    assert {"languages.toml", "variants.toml", "related.txt"} == read, "related.txt is only asked with"


def test_every_library_is_judged() -> None:
    """Each library that the package imports either shapes the cache or is known not to."""
    imported = {name for path in PACKAGE.rglob("*.py") for name in _imported(path)} - sys.stdlib_module_names
    distributions = packages_distributions()

    installed = {distributions[name][0] for name in imported - {"retrieval"} if name in distributions}
    assert installed <= {*LIBRARIES, *NOT_SHAPING}


def _own(path: Path) -> Iterator[str]:
    """The modules of this package that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            package, *inner = node.module.split(".")
            if package == "retrieval":
                yield from ["/".join(inner)] if inner else (alias.name for alias in node.names)


def _imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    named = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in plain + named}
