"""A name and an index in, the name as the articles mostly print it out; nothing where they know it only misspelt."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from retrieval.analysis import FUNCTION_WORDS, name_variants, normalise
from retrieval.index.base import Index
from retrieval.languages import ENGLISH
from retrieval.leads import Lead
from retrieval.multilingual import terms

_LOOKED_AT = 30
"""Passages that are read for a name."""
_CAPITAL = re.compile(r"(?<![\w’'-])[^\W\d_a-z](?:[\w]|[’'-](?=[^\W\d_a-z]))+")
_AFTER = re.compile(r"\s(\w+)")


def spelt(lead: Lead, index: Index) -> Lead | None:
    """A lead with its names in their usual spelling; None where one of them has none."""
    named = lead.words if lead.kind == "figure" else usual(lead.words, index, lead.language)
    about = usual(lead.about, index, lead.language) if lead.kind == "speaker" and lead.about else lead.about
    return replace(lead, words=named, about=about) if named and bool(about) == bool(lead.about) else None


def usual(name: str, index: Index, language: str) -> str:
    """A name, each word spelt as it mostly is in the best passages for it, with "the" where it mostly has that."""
    bare = name.removeprefix("the ")
    hits = index.search(dict.fromkeys(terms(bare, language), 1.0), _LOOKED_AT)
    texts = [sentence.text for hit in hits for sentence in hit.passage.sentences if sentence.language == language]
    spelt = _spelt(bare, texts)
    if _is_misspelt(spelt):
        return ""
    return f"the {spelt}" if bare != name or (language == ENGLISH and _has_the(bare, texts)) else spelt


def _spelt(name: str, texts: Sequence[str]) -> str:
    printed = Counter(word for text in texts for word in _CAPITAL.findall(text) if word[0].isupper())
    return _CAPITAL.sub(lambda word: _most(word[0], printed) if word[0][0].isupper() else word[0], name)


def _most(word: str, printed: Counter[str]) -> str:
    """The most frequent spelling of a word; of those as frequent the one that the others are known to stand for."""
    same = [other for other in printed if _whole(other) == _whole(word) and other.isupper() == word.isupper()]
    return max(same, key=lambda one: (printed[one], normalise(one) in _known_names(), one == word), default=word)


@cache
def _known_names() -> frozenset[str]:
    return frozenset(name_variants().values())


def _whole(word: str) -> str:
    """A word, the same for each of its spellings; not what is left of its forms, as a term is."""
    plain = normalise(word)
    return name_variants().get(plain, plain).replace("y", "i").replace("ii", "i")


def _is_misspelt(name: str) -> bool:
    plain = normalise(name)
    return plain in name_variants() or plain.rpartition(" ")[2] in name_variants()


def _has_the(name: str, texts: Sequence[str]) -> bool:
    """Whether a name mostly has "the", of the times that no noun follows to which it would belong."""
    pattern = re.compile(rf"(?<![\w-])([Tt]he\s)?(?<![\w-]){re.escape(name)}(?![\w-])")
    ends = [bool(found[1]) for text in texts for found in pattern.finditer(text) if _ends(text, found.end())]
    return 2 * sum(ends) > len(ends)


def _ends(text: str, end: int) -> bool:
    after = _AFTER.match(text, end)
    return after is None or after[1] in FUNCTION_WORDS
