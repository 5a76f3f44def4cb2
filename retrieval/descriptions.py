"""A sentence in, where it says who or what somebody is out: words set beside a name."""

import re
from collections.abc import Iterator
from functools import cache

from retrieval.lexicon import plurals, words
from retrieval.names import persons

Span = tuple[int, int]

_END = r"(?=[,;:()“”\"]|\s[–—-]\s|\.?\s*$|\.\s)"
_BESIDE = re.compile(rf"(?:[’']s)?,\s(?:(?:then|now|aged?|\d+),?\s)*(?P<words>[^,;:()“”\"]{{3,160}}?){_END}")
_IS = re.compile(
    r"(?:,(?:[^,;:()“”\"]{1,80},)?)?\s(?:is|was|became|has been|had been|remains|(?:serve|work|act)(?:s|ed))\s"
    r"(?:(?:now|also|then|currently|previously|formerly|once|elected|appointed|named)\s)*"
    rf"(?P<words>(?:an?|the|as|one of|[\w-]+[’']s)\s[^,;:()“”\"]{{2,160}}?){_END}"
)
_BEFORE = re.compile(
    r"(?<!\w)(?:(?:the|an?|his|her|its|their|[\w-]+[’']s)\s(?:[\w-]+\s){0,4}|(?:[A-ZÀ-Þ][\w-]*\s){0,4}(?:[a-z-]+\s)?)"
    r"(?P<office>[\w-]+),?\s(?:the late\s)?$"
)
_TITLE = re.compile(r"\w*(?:maker|ist|eer|grapher|smith|wright)")
_OPENS = frozenset({"a", "an", "the", "one", "its", "his", "her", "their", "former", "co-founder"})
_NO_TITLE = frozenset({"is", "was", "are", "were", "has", "had", "said", "who", "which", "and"})
_WIDTH = 80
_FIRST_WORDS = 6


def descriptions(sentence: str) -> Iterator[Span]:
    """What stands beside the names of persons: before, set off by a comma after, or after "is" and the like."""
    for start, end in persons(sentence):
        if (beside := _BESIDE.match(sentence, end)) and _describes(beside["words"]):
            yield beside.span("words")
        if found := _IS.match(sentence, end):
            yield found.span("words")
        cut = max(0, start - _WIDTH)
        before = _BEFORE.search(sentence[cut:start])
        if before and _is_title(before["office"]):
            yield cut + before.start(), cut + before.end("office")


def _describes(said: str) -> bool:
    """Whether words beside a name say what its bearer is: with an article, or an office among the first of them."""
    first, *more = said.split()[:_FIRST_WORDS]
    if first.lower() in _NO_TITLE:
        return False
    return first.lower() in _OPENS or any(map(_is_title, (first, *more)))


def _is_title(word: str) -> bool:
    """Whether a word may be an office or a calling."""
    return word.lower() in _offices() or _TITLE.fullmatch(word) is not None


@cache
def _offices() -> frozenset[str]:
    return frozenset(form for word in words("roles", "kin") for form in (word, *plurals(word)))
