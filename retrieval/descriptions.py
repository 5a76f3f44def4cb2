"""A sentence in, where it says who or what somebody is out: words set beside a name."""

import re
from collections.abc import Iterator

from retrieval.lexicon import either
from retrieval.names import persons

_OFFICE = rf"(?:{either('roles', 'kin', plural=True)}|\w*(?:maker|ist|eer|grapher|smith|wright))"
_END = r"(?=[,;:()“”\"]|\s[–—-]\s|\.?\s*$|\.\s)"
_BESIDE = re.compile(
    r"(?:[’']s)?,\s(?:(?:British|then|now|aged? \d+|\d+),?\s)?"
    r"(?P<words>(?:an?|the|one of|its|his|her|their|former|chief|head|senior|deputy|vice|co-|who (?:is|was)|"
    r"(?!(?:is|was|are|has|had|said|who)\b)[\w’'-]+(?:\s[\w’'-]+){0,4}?\s"
    rf"(?=(?i:{_OFFICE})\b)|(?i:{_OFFICE})\b)[^,;:()“”\"]{{2,160}}?){_END}"
)
_IS = re.compile(
    r"(?:,(?:[^,;:()“”\"]{1,80},)?)?\s(?:is|was|became|has been|had been|remains|(?:serve|work|act)(?:s|ed)|served)\s"
    r"(?:(?:now|also|then|currently|previously|formerly|once|elected|appointed|named)\s)*"
    rf"(?P<words>(?:an?|the|as|one of|[\w-]+[’']s)\s[^,;:()“”\"]{{2,160}}?){_END}"
)
_BEFORE = re.compile(
    r"(?<!\w)(?P<words>(?:(?:(?:the|an?|his|her|its|their|[\w-]+[’']s)\s(?:[\w-]+\s){0,4}?)|(?:[A-ZÀ-Þ][\w-]*\s){0,4}(?:[a-z-]+\s)?)"
    rf"(?i:{_OFFICE})),?\s(?:the late\s)?$"
)
_WIDTH = 80


def descriptions(sentence: str) -> Iterator[tuple[int, int]]:
    """What stands beside the names of persons: before, set off by a comma after, or after "is" and the like."""
    for start, end in persons(sentence):
        for pattern in (_BESIDE, _IS):
            if found := pattern.match(sentence, end):
                yield found.span("words")
        cut = max(0, start - _WIDTH)
        if found := _BEFORE.search(sentence[cut:start]):
            yield cut + found.start("words"), cut + found.end("words")
