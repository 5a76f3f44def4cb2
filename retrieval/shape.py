"""This package's files and its libraries' versions in, one digest out: what, besides the corpus, shapes the cache."""

import hashlib
import platform
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("PyStemmer", "charset-normalizer", "dateparser", "sentencex")
"""Distributions whose next version may decode, date, split or stem otherwise."""


def code_shape(package: Path = Path(__file__).parent) -> str:
    """Digest of every file of `package` and of the versions it runs on, so that nobody has a number to remember."""
    digest = hashlib.sha256(platform.python_version().encode())
    for library in LIBRARIES:
        digest.update(f"\n{library} {version(library)}".encode())
    for path in sorted(package.rglob("*")):
        if path.suffix != ".pyc" and path.is_file():
            source = path.read_bytes()
            digest.update(f"\n{path.relative_to(package).as_posix()} {len(source)}\n".encode() + source)
    return digest.hexdigest()
