"""An Article in; its Passages of Sentences out, with spans into the article's untouched text."""

import math
import re
from collections.abc import Iterable, Iterator
from itertools import accumulate, chain, groupby, pairwise

import sentencex

from retrieval.languages import ENGLISH, known
from retrieval.models import Article, Block, Passage, Sentence, Span
from retrieval.multilingual import terms

FEWEST, MOST = 3, 6
"""Sentences of a passage; fewer only where a section has no more."""
LONGEST = 600
"""Characters of a sentence, which is also the longest quote."""
_HEADING = 300
"""Characters of a subhead: each passage below it is known by it."""

_PIECE = 4_000  # the segmenter's time grows with the square of the quotation marks in what it is given
_BREAKS = str.maketrans(dict.fromkeys("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029", " "))  # a wrapped line ends no sentence
_PLAIN = frozenset({". ", "? ", "! "})
_OPENERS, _CLOSERS = "“«„‘([", "”’»\"')]"
_NOTES = re.compile(r"(?:\[[^\[\]]{1,30}\]|:[\w,–-]{1,12}(?!\S))+")
_SPEECH = re.compile(r"\b(?:said|says|told|added|adds|asked|replied|explained|stressed|noted|wrote|insisted|warned)\b")
_CUTS = (
    re.compile(r"(?<=\w{3})[.!?…][\"'”’»)\]]*(?=\s)"),
    re.compile(r";(?=\s)"),
    re.compile(r",[\"'”’»)\]]?(?=\s)"),
    re.compile(r"(?=\s)"),
)


def split(article: Article) -> tuple[Passage, ...]:
    """The passages of `article` in order; none reaches over a heading or a stretch of furniture."""
    passages: list[Passage] = []
    for heading, paragraphs in _sections(article):
        for group in _grouped([_sentences(article, block.span) for block in paragraphs]):
            span = Span(group[0].span.start, group[-1].span.end)
            passages.append(Passage(article.id, len(passages), span, tuple(group), heading))
    return tuple(passages)


def _sections(article: Article) -> Iterator[tuple[str, list[Block]]]:
    """Paragraphs that follow each other undisturbed, with the subhead they stand under."""
    heading = ""
    for kind, run in groupby(article.blocks, key=lambda block: block.kind):
        blocks = list(run)
        if kind == "heading":
            heading = " ".join(blocks[-1].span.of(article.text).split())[:_HEADING]
        elif kind == "paragraph":
            yield heading, blocks


def _grouped(paragraphs: Iterable[list[Sentence]]) -> list[list[Sentence]]:
    """Put short neighbouring paragraphs together and divide long ones evenly; a remainder joins what is before it."""
    groups: list[list[Sentence]] = []
    for part in chain.from_iterable(map(_divided, paragraphs)):
        if groups and len(groups[-1]) < FEWEST and len(groups[-1]) + len(part) <= MOST:
            groups[-1] += part
        else:
            groups.append(part)
    settled: list[list[Sentence]] = []
    for group in groups:
        if settled and len(group) < FEWEST and len(settled[-1]) + len(group) <= MOST:
            settled[-1] += group
        else:
            settled.append(group)
    return settled


def _divided(paragraph: list[Sentence]) -> list[list[Sentence]]:
    if 0 < len(paragraph) <= MOST:
        return [paragraph]
    count = math.ceil(len(paragraph) / MOST)
    bounds = [len(paragraph) * i // count for i in range(count + 1)]
    return [paragraph[first:last] for first, last in pairwise(bounds)]


def _sentences(article: Article, paragraph: Span) -> list[Sentence]:
    text, language = article.text, article.language
    found: list[Sentence] = []
    for first, last in _parts(text, paragraph.start, paragraph.end, _PIECE):
        start = first
        for end in _ends(text[first:last], language):
            for left, right in _parts(text, start, first + end, LONGEST):
                printed = text[left:right]
                if own := printed.strip():
                    at = left + printed.index(own)
                    found.append(Sentence(Span(at, at + len(own)), own, tuple(terms(own, language)), language))
            start = first + end
    return found


def _parts(text: str, start: int, end: int, longest: int) -> Iterable[tuple[int, int]]:
    """Where a stretch is cut into parts of at most `longest` characters, about equal, each at its best break."""
    if end - start <= longest:
        return ((start, end),)
    parts: list[tuple[int, int]] = []
    while end - start > longest:
        even = (end - start) // math.ceil((end - start) / longest)
        cut = _cut(text, start + even // 2, start + even, start + longest)
        parts.append((start, cut))
        start = cut
    return [*parts, (start, end)]


def _cut(text: str, first: int, wanted: int, last: int) -> int:
    for pattern in _CUTS:
        ends = [found.end() for found in pattern.finditer(text, first, last)]
        if ends:
            return min(ends, key=lambda end: abs(end - wanted))
    return last


def _ends(printed: str, language: str = ENGLISH) -> Iterator[int]:
    """Where the segmenter's sentences end, with quotation marks and who-said-so put back where they belong."""
    own = known()[language]
    flat = printed.translate(_BREAKS) if len(printed.splitlines()) > 1 else printed
    start = 0
    for end, following in pairwise(accumulate(map(len, sentencex.segment(language, flat)))):
        if own.abbreviations and own.abbreviations.intersection(printed[start:end].split()[-1:]):
            continue
        if start < end - 1 and _is_plain(printed, end):
            yield (start := end)
            continue
        cut = _moved(printed, start, end, own.closing)
        if start < cut < following and not _goes_on(printed[start:cut].strip(), printed[cut:following].strip()):
            yield (start := cut)
    yield len(printed)


def _is_plain(text: str, end: int) -> bool:
    """Whether a stop and a space part the sentence from a capital or a figure, so that nothing has to be put back."""
    return text[end - 2 : end] in _PLAIN and text[end].isalnum() and not text[end].islower()


def _moved(text: str, start: int, end: int, closing: str) -> int:
    """Where the sentence from `start` really ends: after its own closing mark, before the next one's opening mark.

    `closing` are opening marks of English that close in the language of the text.
    """
    if (notes := _NOTES.match(text, end)) and not text[end - 1].isspace():
        return notes.end()
    if text[end] in f"”»{closing}" and text[end + 1 : end + 2].isspace():
        return end + 1
    body = text[start:end].rstrip()
    if (body[-1:] in _OPENERS and body[-1:] not in closing) or (body.endswith('"') and body.count('"') % 2):
        return start + len(body) - 1
    return end


def _goes_on(sentence: str, following: str) -> bool:
    """Whether what was cut off belongs to the sentence: a lower-case rest, or `Starmer said.` after a quotation."""
    words = following.lstrip(_OPENERS + "\"' ")
    if not any(char.isalnum() for char in following):
        return True
    first = next((char for char in sentence if char.isalpha()), "")
    if words[:1].islower() and not words[1:2].isupper():
        return not first.islower()
    return sentence[-1:] in _CLOSERS and len(following.split()) < FEWEST + 2 and bool(_SPEECH.search(following))
