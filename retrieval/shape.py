"""The files that read articles and their libraries' versions in, one digest out: what, besides the corpus, shapes the
cache. What only asks is not among them, so that a better ranking reads no archive anew.
"""

import hashlib
import platform
from importlib.metadata import version
from pathlib import Path

SHAPING = (
    "analysis",
    "archives",
    "articles",
    "copies",
    "decoding",
    "entries",
    "errors",
    "feeding",
    "figures",
    "frontmatter",
    "furniture",
    "index/base",
    "index/disk",
    "indexing",
    "keeping",
    "languages",
    "markup",
    "models",
    "multilingual",
    "pages",
    "passages",
    "pdfs",
    "reader",
    "rows",
    "sources",
    "store",
    "stretches",
    "unpacking",
)
"""Modules: those that read, cut, keep and feed, and all that they import."""
FILES = (*(f"{module}.py" for module in SHAPING), "data/languages.toml", "data/variants.toml")
LIBRARIES = ("PyStemmer", "charset-normalizer", "dateparser", "lxml", "pypdf", "sentencex", "tantivy", "trafilatura")
"""Distributions whose next version may decode, date, split, stem or index otherwise."""


def code_shape(package: Path = Path(__file__).parent) -> str:
    """Digest of those files of `package` and of the versions they run on, so that nobody has a number to remember."""
    digest = hashlib.sha256(platform.python_version().encode())
    for library in LIBRARIES:
        digest.update(f"\n{library} {version(library)}".encode())
    for name in FILES:
        source = (package / name).read_bytes()
        digest.update(f"\n{name} {len(source)}\n".encode() + source)
    return digest.hexdigest()
