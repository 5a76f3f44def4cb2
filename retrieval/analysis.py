"""Text in, tokens and index terms out; the same for articles and for questions.

A token keeps its place in the text, so that what is matched on a normalised copy can be shown as printed. Its term is
what the index knows: lower case, no accents, spelling variants made one (`data/variants.toml`), stemmed by Snowball's
English stemmer, `y` read as `i` (so that Zelensky, Zelenskyy and Zelenski are one name).
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import Stemmer

VARIANTS_FILE = Path(__file__).with_name("data") / "variants.toml"

_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|[^\W_]+|[$€£¥%]")
_GLUED = re.compile(r"(?<=[a-z]{4})(?=[A-Z][a-z]{2})")
_SYMBOLS = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "%": "percent"}
_BEFORE_PRONOUN = frozenset(
    {"tell", "tells", "told", "give", "gives", "gave", "let", "help", "show", "make", "remind", "ask"}
)
FUNCTION_WORDS = frozenset(
    """
    a an the and or but nor if then than so as at by for from in into of off on onto out over to up with within
    without about above after again against all also am any are aren because been before being below between
    both be can cannot could couldn did didn do does doesn doing don down during each either few further had
    hadn has hasn have haven having he her here hers herself him himself his how i is isn it its itself just ll
    me more most my myself no not now once only other our ours ourselves own re s same she should shouldn some
    such t that their theirs them themselves there these they this those through too under until us ve very was
    wasn we were weren what when where which while who whom whose why will won would wouldn you your yours
    yourself yourselves d m o upon per via yet may might must shall one
    """.split()  # noqa: SIM905 -- a list of 150 words reads better as prose
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word at characters [start, end) of its text; `term` is empty for a function word."""

    start: int
    end: int
    word: str
    term: str


def tokens(text: str) -> tuple[Token, ...]:
    """The words of `text` in order, function words included."""
    return tuple(_tokens(text))


@lru_cache(maxsize=20_000)
def sentence_tokens(text: str) -> tuple[Token, ...]:
    """As `tokens`, remembered: candidate sentences come back question after question."""
    return tokens(text)


def terms(text: str) -> list[str]:
    """The index terms of `text` in order, function words left out, spelling-variant phrases added."""
    found = [token.term for token in _tokens(text) if token.term]
    return found + [term for _, _, term in _phrases(found)]


def with_phrases(found: Sequence[Token]) -> list[Token]:
    """The tokens that have a term, with one more for each known phrase over all its words."""
    content = [token for token in found if token.term]
    phrases = _phrases([token.term for token in content])
    extra = [Token(content[first].start, content[last].end, term, term) for first, last, term in phrases]
    return sorted(content + extra, key=lambda token: (token.start, token.end))


def normalise(word: str) -> str:
    """`word` in lower case, without accents and compatibility forms."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@lru_cache(maxsize=200_000)
def term_of(word: str) -> str:
    """The index term of a normalised word; empty for a function word."""
    if word in FUNCTION_WORDS:
        return ""
    variants = _variants()
    word = variants.get(word) or (variants.get(word[:-1]) if word.endswith("s") else None) or word
    stem: str = _stemmer().stemWord(word)
    return stem.replace("y", "i").replace("ii", "i") if len(stem) > 2 else stem


def related(term: str) -> Mapping[str, float]:
    """Other terms that may stand for `term`, each with a weight below 1."""
    return _related().get(term, {})


def is_nationality(term: str) -> bool:
    """Whether `term` is a country, or what comes from it."""
    return term in _nationalities()


def _tokens(text: str) -> Iterator[Token]:
    matches = list(_TOKEN.finditer(text))
    before = ""
    for at, match in enumerate(matches):
        printed = match.group()
        start = match.start()
        if not printed.islower():
            yield from _glued(printed, start)
        word = _word(printed)
        if word == "us":
            after = matches[at + 1].group() if at + 1 < len(matches) else ""
            word = "usa" if _is_country(printed, before, after) else word
        so_called = word == "called" and before == "so"
        yield Token(start, match.end(), word, "" if so_called else term_of(word))
        before = word


def _glued(printed: str, start: int) -> Iterator[Token]:
    """The parts of words printed without a space between them ("MinisterGeorgia"), beside the whole."""
    cuts = [cut.start() for cut in _GLUED.finditer(printed)]
    if cuts:
        for left, right in pairwise([0, *cuts, len(printed)]):
            word = normalise(printed[left:right])
            yield Token(start + left, start + right, word, term_of(word))


def _word(printed: str) -> str:
    if printed in _SYMBOLS:
        return _SYMBOLS[printed]
    word = normalise(printed)
    if word[0].isdigit():
        return word.replace(",", "")
    return word.replace(".", "")


def _is_country(printed: str, before: str, after: str) -> bool:
    """Whether "us" is the country: by its capitals, its article, or because a pronoun would not stand there."""
    if printed != "us" or before == "the":
        return True
    return before not in _BEFORE_PRONOUN and bool(term_of(normalise(after)) if after else "")


def _phrases(found: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Known phrases among the terms: first and last position, and the term they stand for."""
    starts = _phrase_terms()
    for first, term in enumerate(found):
        for rest, meaning in starts.get(term, ()):
            if tuple(found[first + 1 : first + 1 + len(rest)]) == rest:
                yield first, first + len(rest), meaning


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


@cache
def _data() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(VARIANTS_FILE.read_text(encoding="utf-8"))


@cache
def _variants() -> dict[str, str]:
    """Variant word -> the word it is read as."""
    return {
        normalise(variant): normalise(word)
        for table in ("names", "countries", "words")
        for word, variants in _data()[table].items()
        for variant in variants
        if " " not in variant
    }


@cache
def _phrase_terms() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """First term of a phrase -> (its other terms, the term that the phrase stands for)."""
    starts: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for table in ("names", "countries", "words"):
        for word, variants in _data()[table].items():
            for variant in variants:
                if " " in variant:
                    first, *rest = [token.term for token in _tokens(variant) if token.term]
                    starts.setdefault(first, []).append((tuple(rest), term_of(normalise(word))))
    return starts


@cache
def _nationalities() -> frozenset[str]:
    return frozenset(term_of(normalise(country)) for country in _data()["countries"])


@cache
def _related() -> dict[str, dict[str, float]]:
    table: dict[str, dict[str, float]] = {}
    for group in _data()["related"].values():
        members = [term_of(normalise(word)) for word in group]
        for term in members:
            table.setdefault(term, {}).update({other: RELATED_WEIGHT for other in members if other != term})
    return table


RELATED_WEIGHT = 0.5
"""How much a related term counts against the term itself."""
