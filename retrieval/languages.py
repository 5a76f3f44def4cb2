"""A text in, the language that it is in out; and what is known of each language (`data/languages.toml`).

A language shows in the words that only hold a sentence together, which make up a third of most texts.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from retrieval.analysis import FUNCTION_WORDS, normalise
from retrieval.models import AnswerKind, Smalltalk

LANGUAGES_FILE = Path(__file__).with_name("data") / "languages.toml"
ENGLISH = "en"

SAMPLE = 1_000
"""Characters of a text that are enough to tell its language."""
_LEAST_SHARE = 0.08
"""The share of a text's words that hold sentences together in its language; of other languages it is less."""
_LEAST = 0.5
"""A word that two languages share tells something; what more of them do may stand in a name."""
_OWN_LETTER = 0.5
"""What a letter of one language only tells, against a word of that language."""
_ENGLISH_SHARE = 0.25
"""The share of English function words that no text in another language has: there it is up to a tenth."""
_ROUNDING = 1e-9
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = {"greek": re.compile("[\u0370-\u03ff\u1f00-\u1fff]"), "cyrillic": re.compile("[\u0400-\u052f]")}


@dataclass(frozen=True, slots=True)
class Language:
    """What is known of a language; `function` and `empty` hold its words with accents and without."""

    code: str
    script: str
    function: frozenset[str]
    stemmer: str = ""
    endings: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    participle: str = ""
    capital_nouns: bool = False
    letters: str = ""
    closing: str = ""
    abbreviations: frozenset[str] = frozenset()
    empty: frozenset[str] = frozenset()
    times: Sequence[str] = ()
    numbers: Sequence[str] = ()
    because: Sequence[str] = ()
    openers: frozenset[str] = frozenset()
    asking: Mapping[str, AnswerKind] = field(default_factory=dict)
    smalltalk: Mapping[str, Smalltalk] = field(default_factory=dict)
    more: Sequence[str] = ()
    please: Sequence[str] = ()


@cache
def known() -> Mapping[str, Language]:
    """All languages by their ISO 639-1 code, English first."""
    tables = tomllib.loads(LANGUAGES_FILE.read_text(encoding="utf-8"))
    return {code: _language(code, table) for code, table in tables.items()}


def language_of(text: str) -> str:
    """The code of the language that a text is in; English where it does not show."""
    words = text[:SAMPLE].lower().split()
    english = known()[ENGLISH].function
    if sum([word in english for word in words]) > _ENGLISH_SHARE * len(words):
        return ENGLISH  # nearly all English articles end here, at a tenth of the time
    return may_be(text)[0]


def may_be(text: str, likely: Sequence[str] = (ENGLISH,)) -> Sequence[str]:
    """The codes of the languages that a text shows to be in, several where it does not show which of them.

    Where it shows nothing, these are the `likely` ones that have its script.
    """
    sample = text[:SAMPLE].lower()
    words = _WORD.findall(sample)
    script = _script(sample)
    own = [one for one in known().values() if one.script == script]
    tally = dict.fromkeys((one.code for one in own), 0.0)
    for word in words:
        for code, share in _shares().get(word, ()):
            if code in tally:
                tally[code] += share
    for one in own if not sample.isascii() else ():
        tally[one.code] += _OWN_LETTER * sum(map(sample.count, one.letters))
    most = max(tally.values())
    if most < max(_LEAST, _LEAST_SHARE * len(words)):
        return [code for code in likely if code in tally] or [ENGLISH if script == "latin" else own[0].code]
    best = [code for code, told in tally.items() if told > most - _ROUNDING]
    return [code for code in likely if code in best] or best


def in_none_of(text: str, languages: Collection[str]) -> bool:
    """Whether a text is plainly in a language other than some: in function words that none of these has.

    It takes two with an asking word among them, or else three, since a name has some, too; in other letters one.
    """
    others = may_be(text, [*languages])
    if not {*others}.isdisjoint(languages):
        return False
    words = [word[0].lower() for word in _WORD.finditer(text[:SAMPLE]) if _is_plain(word, text)]
    strange = known()[others[0]].script not in {known()[code].script for code in languages}
    return any(_shows(words, known()[code], languages, strange) for code in others)


def in_order(counted: Iterable[tuple[str, int]]) -> dict[str, int]:
    """How many articles of a corpus are in each language: English first, then the most frequent."""
    return dict(sorted(counted, key=lambda one: (one[0] != ENGLISH, -one[1], one[0]))) or {ENGLISH: 0}


def _is_plain(word: re.Match[str], text: str) -> bool:
    """Whether a word is no part of a name, as far as its capital tells."""
    return word[0].islower() or not any(map(str.isalpha, text[: word.start()])) or text.isupper()


def _shows(words: Iterable[str], own: Language, others: Iterable[str], strange: bool) -> bool:
    held = [word for word in words if word in own.function]
    if all(any(word in known()[code].function for code in others) for word in held):
        return False
    asking = {normalise(word) for phrase in own.asking for word in phrase.split()}
    return strange or len(held) > 2 - any(normalise(word) in asking for word in held)


def _script(text: str) -> str:
    """The script that most letters of a text are of."""
    if text.isascii():
        return "latin"
    letters = sum(map(str.isalpha, text))
    return next((name for name, of_it in _SCRIPTS.items() if 2 * len(of_it.findall(text)) > letters), "latin")


@cache
def _shares() -> Mapping[str, Sequence[tuple[str, float]]]:
    """Each function word, the languages that have it, and how much it tells for each of them."""
    having: dict[str, list[str]] = {}
    for one in known().values():
        for word in one.function:
            having.setdefault(word, []).append(one.code)
    return {word: [(code, 1 / len(codes)) for code in codes] for word, codes in having.items()}


def _language(code: str, table: Mapping[str, Any]) -> Language:
    asking = {
        phrase.replace("_", " "): kind for kind, words in table.get("asking", {}).items() for phrase in words.split()
    }
    function = {*table["function"].split(), *(word for phrase in asking for word in phrase.split())}
    return Language(
        code=code,
        script=table["script"],
        function=frozenset(_both(function)) | (FUNCTION_WORDS if code == ENGLISH else frozenset()),
        stemmer=table.get("stemmer", ""),
        endings=_longest_first(table.get("endings", "")),
        suffixes=_longest_first(table.get("suffixes", "")),
        participle=table.get("participle", ""),
        capital_nouns=table.get("capital_nouns", False),
        letters=table.get("letters", ""),
        closing=table.get("closing", ""),
        abbreviations=frozenset(table.get("abbreviations", "").split()),
        empty=frozenset(_both(table.get("empty", "").split())),
        times=table.get("times", "").split(),
        numbers=table.get("numbers", "").split(),
        because=table.get("because", ()),
        openers=frozenset(_both(table.get("openers", "").split())),
        asking=asking,
        smalltalk={said: kind for kind, phrases in table.get("smalltalk", {}).items() for said in _both(phrases)},
        more=table.get("more", ()),
        please=table.get("please", ()),
    )


def _longest_first(endings: str) -> tuple[str, ...]:
    return tuple(sorted(set(endings.split()), key=lambda ending: (-len(ending), ending)))


def _both(words: Iterable[str]) -> Iterator[str]:
    """Words as written, and as they are typed without accents."""
    for word in words:
        yield word
        yield normalise(word)
