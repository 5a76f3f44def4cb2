"""A kind of answer and a sentence in, the spans of its phrases of that kind out."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import pairwise

from retrieval import descriptions, foreign_phrases, names, quantities
from retrieval.dates import time_spans
from retrieval.languages import ENGLISH
from retrieval.lexicon import either
from retrieval.models import AnswerKind

_MONTH = r"(?:January|February|April|June|July|August|September|October|November|December)"
_TIMES = re.compile(
    r"\b(?:(?:the )?(?:early|late|mid)[ -])?(?:the )?(?:\d{3}0s|(?:\d{1,2}(?:st|nd|rd|th)|(?:nine|eigh|seven|six|fif|"
    r"four)teenth|twentieth|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth)"
    r"[ -]century)(?: (?:BCE?|AD|CE)\b)?|"
    r"\b\d{3,4}[–-](?:\d{4}|\d\d)\b|\b\d{1,4} (?:BCE?|CE|AD)\b|\bAD \d{1,4}\b|"
    r"\b(?:[Ii]n|[Bb]y|until|[Ss]ince|[Ff]rom|to|of|[Aa]fter|before|around|circa|year) (1[0-4]\d\d|\d{3})"
    r"(?=[\s,.;)]*(?:$|[,.;)]|\b(?:and|to|in|on|as|by|when|the|with|after|for|until)\b))|"
    r"\b(?:spring|summer|autumn|winter|Christmas|Easter|Thanksgiving|Halloween|New Year)(?:[’']s (?:Eve|Day))?"
    r"(?: of \d{4})?\b|"
    rf"\b\d{{1,2}}(?::\d\d)? ?[ap]\.?m\b\.?|\b\d{{1,2}}:\d\d\b|\b(?:noon|midnight|dawn|dusk)\b|\b{_MONTH}\b"
)
_PURPOSE = (
    "avoid|ensure|prevent|protect|help|allow|enable|secure|make sure|support|reduce|increase|gain|raise|honou?r|"
    "promote|provide|improve|keep|escape|deter|end|stop|save|show|prove|create|encourage|meet|get"
)
_REASON = re.compile(
    r"\b(?:because|due to|owing to|thanks to|on the grounds|in order to|so that|so as to|as a (?:result|consequence)|"
    r"in an attempt|in an effort|caused by|driven by|prompted by|attributed to|in response to|in protest|payment for|"
    r"aimed at|led to|reasons?|for fear|out of (?:fear|concern|respect)|(?:amid|over) (?:\w+ ){0,3}(?:concern|fear)s?|"
    rf"as (?:an? )?(?:tribute|retaliation|punishment|reward)|given that|to (?:{_PURPOSE})|"
    r"since(?!\s+(?:\d|the\b|then\b|last\b)))\b[^”\"]*",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"[“\"«](?=\w)[^“”\"«»]{8,}?(?:[”\"»]|$)|‘(?=\w)[^‘“”\"«»]{8,}?(?:’(?!\w)|[”\"»]|$)|^[^“”\"«»]{8,}”"
)
_REPORTED = re.compile(
    rf"(?<![”\"’] )\b(?:said|says|told \w+(?: \w+)?|thinks?|thought|(?!call|describe){either('sayings')}(?:s|e?d))\s+"
    r"(?:(?:(?:late )?(?:on )?\w+day |only )?that\s+)?"
    r"(?!(?:at|in|on|late|after|before|during|by|with|of|when|as|while)\b)"
    r"(?=[\w“‘])(?P<words>.{15,})",
    re.DOTALL,
)
_FRONTED = re.compile(r"(?:^\W*|,\s|\b(?:but|and)\s)$")
_RANGE = re.compile(r"\b(?:between|from)\s(?:the\s)?$")
_TO = re.compile(r"\s(?:and|to|until|till|through)\s(?:the\s)?")


@lru_cache(maxsize=20_000)
def phrases(kind: AnswerKind, sentence: str, language: str = ENGLISH) -> list[tuple[int, int]]:
    """Spans of `sentence` that could be an answer of this kind, in order; offsets into the sentence.

    None lies in another: of "5 March 2025" neither "March 2025" nor "2025" is one.
    """
    find = _FINDERS.get(kind) if language == ENGLISH else partial(foreign_phrases.phrases, kind, language=language)
    kept: list[tuple[int, int]] = []
    for start, end in sorted(find(sentence), key=lambda span: (span[0], -span[1])) if find else ():
        if not kept or end > kept[-1][1]:
            kept.append((start, end))
    return kept


def _times(sentence: str) -> Iterator[tuple[int, int]]:
    """Dates as the calendar has them, decades, centuries, old years, seasons, times of day, and stretches of them."""
    spans = [*time_spans(sentence), *(match.span(1 if match[1] else 0) for match in _TIMES.finditer(sentence))]
    yield from spans
    for first, last in pairwise(sorted(spans)):
        before = _RANGE.search(sentence, max(0, first[0] - 14), first[0])
        if before and _TO.fullmatch(sentence, first[1], last[0]):
            yield before.start(), last[1]


def _reasons(sentence: str) -> Iterator[tuple[int, int]]:
    """What follows "because" and the like up to the end of its quote, or of its clause where the main one follows."""
    for match in _REASON.finditer(sentence):
        fronted = _FRONTED.search(sentence, max(0, match.start() - 6), match.start())
        comma = sentence.find(",", match.start(), match.end()) if fronted else -1
        yield match.start(), comma if comma > 0 else match.end()


def quoted(sentence: str) -> list[tuple[int, int]]:
    """What stands in quotation marks, the marks included; a single word or two hardly say anything."""
    return [match.span() for match in _QUOTED.finditer(sentence)]


def _statements(sentence: str) -> Iterator[tuple[int, int]]:
    """What stands in quotation marks, or after a verb of saying."""
    yield from quoted(sentence)
    yield from (match.span("words") for match in _REPORTED.finditer(sentence))


_FINDERS: Mapping[AnswerKind, Callable[[str], Iterable[tuple[int, int]]]] = {
    "person": names.persons,
    "place": names.places,
    "organisation": names.organisations,
    "time": _times,
    "duration": quantities.durations,
    "age": quantities.ages,
    "count": quantities.counts,
    "amount": quantities.amounts,
    "money": quantities.money,
    "share": quantities.shares,
    "measure": quantities.measures,
    "reason": _reasons,
    "role": descriptions.descriptions,
    "statement": _statements,
}
