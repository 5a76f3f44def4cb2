"""A text and its language in, its tokens and index terms out.

English has its own, in `analysis`. In other languages a term is what Snowball's stemmer of the language leaves of a
word, without accents; where there is no stemmer it is what is left without the word's ending, its last vowel evened
out. Names and figures have the same terms in most languages.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

import Stemmer

from retrieval import analysis
from retrieval.analysis import Token, normalise
from retrieval.languages import ENGLISH, Language, known

_MARK = "\u0300-\u036f\u00ad\u200c\u200d\u2060"  # an accent of its own, and what keeps letters together
_CYRILLIC = "\u0400-\u052f"
_TOKEN = re.compile(
    r"(?<![\d.,])\d{1,3}(?:[.,\u00a0\u202f\u2009 ]\d{3})+(?:[.,]\d+)?(?![.,]?\d)|"  # 12.500, 12 500
    r"(?<![\d.,])\d+[.,]\d+(?![.,]?\d)|"  # 1,5
    rf"[^\W_]+(?:(?:[{_MARK}]+|(?<=[{_CYRILLIC}])[’'ʼ](?=[{_CYRILLIC}]))[^\W_]+)*[{_MARK}]*"
)
_DECIMALS = re.compile(r"(?:[.,](\d{1,2}|\d{4,}))?$")
_SHORTEST = 3
"""Letters that a word without its ending still has."""
_REFLEXIVE = re.compile(r"(?<=\w{4})(?:ся|сь)$")
_FLEETING = re.compile(r"(?<=\w\w)(?:[еє](?=[нц]ь$)|о(?=к$))")
_CHANGING = re.compile(r"[іеї](?=[^аеиіоуюяєїь]{1,2}$)|[цз]$")
_CHANGED = {"і": "о", "е": "о", "ї": "є", "ц": "к", "з": "г"}


@lru_cache(maxsize=2_000)
def tokens(text: str, language: str) -> Sequence[Token]:
    """The words of a text in order, function words included."""
    if language == ENGLISH:
        return analysis.tokens(text)
    found = ((match.start(), match.end(), match.group()) for match in _TOKEN.finditer(text))
    return tuple([Token(start, end, _word(printed), _term(printed, language)) for start, end, printed in found])


def content(text: str, language: str) -> Sequence[Token]:
    """The words of a text that have a term, and the phrases known of English."""
    found = tokens(text, language)
    return analysis.with_phrases(found) if language == ENGLISH else [token for token in found if token.term]


def terms(text: str, language: str) -> list[str]:
    """The index terms of a text in order."""
    if language == ENGLISH:
        return analysis.terms(text)
    return [term for printed in _TOKEN.findall(text) if (term := _term(printed, language))]


def _word(printed: str) -> str:
    """A word without accents; a figure as it is in English without commas."""
    if printed.isalnum() or not printed[0].isdigit():
        return normalise(printed)
    decimals = _DECIMALS.search(printed)
    assert decimals is not None  # noqa: S101 -- for mypy: nothing is some, too
    whole = re.sub(r"\D", "", printed[: decimals.start()])
    return f"{whole}.{decimals[1]}" if decimals[1] else whole


def term_of(word: str, language: str) -> str:
    """The index term of a word as printed; empty for a function word."""
    return analysis.term_of(normalise(word)) if language == ENGLISH else _term(word, language)


@lru_cache(maxsize=50_000)
def _term(printed: str, language: str) -> str:
    """The index term of a word; empty for a function word."""
    own = known()[language]
    word = unicodedata.normalize("NFC", printed).lower()
    if word in own.function:
        return ""
    if word[0].isdigit():
        return _word(printed)
    stem = normalise(_snowball(word, own) if own.stemmer else _stem(word, own))
    return stem.replace("y", "i").replace("ii", "i") if len(stem) > 2 else stem


def _snowball(word: str, own: Language) -> str:
    stem: str = _stemmer(own.stemmer).stemWord(word)
    cut = stem.removeprefix(own.participle)
    return cut if len(cut) > _SHORTEST else stem


def _stem(word: str, own: Language) -> str:
    """What is left of a word without its ending, the same for forms between which its last vowel or consonant changes.

    These are Ukrainian's: Київ and Києва, ринок and ринку, Прага and Празі.
    """
    word = _REFLEXIVE.sub("", re.sub("['’ʼ]", "", word))
    stem = _without(_FLEETING.sub("", _without(word, own.endings)).rstrip("ьй"), own.suffixes)
    stem = stem if len(stem) <= _SHORTEST else stem[:_SHORTEST] + stem[_SHORTEST:].rstrip("аеиіоуюяєї")
    return _CHANGING.sub(lambda found: _CHANGED[found[0]], stem)


def _without(word: str, endings: Sequence[str]) -> str:
    """A word without the longest of some endings; of a short stem only one letter is taken for an ending."""
    for one in endings:
        if word.endswith(one) and len(word) - len(one) >= _SHORTEST - (len(one) == 1):
            return word[: -len(one)]
    return word


@cache
def _stemmer(name: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(name, 0)
