"""A quote and the passages around it in, what one may ask next out: who speaks there, who is told of, what is counted.

Only what word order tells: a lead is a name or a noun as it is printed, and a question is made of it elsewhere.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from itertools import compress, dropwhile, zip_longest
from operator import not_
from typing import Literal

from retrieval import names
from retrieval.analysis import FUNCTION_WORDS
from retrieval.clauses import IRREGULAR
from retrieval.descriptions import descriptions
from retrieval.lexicon import verb_forms, words
from retrieval.models import Passage, Quote
from retrieval.multilingual import terms
from retrieval.quantities import counts
from retrieval.speech import said
from retrieval.subjects import sayings

Kind = Literal["speaker", "person", "figure", "name"]
Span = tuple[int, int]

_ENGLISH = "en"
_ORDER: tuple[Kind, ...] = ("speaker", "person", "figure", "name")
_SURELY = 0.5
_NEAR = 60
"""Characters between a name and what says who its bearer is."""
_LONGEST = 40
_WIDE = 4
"""Words of a person's name."""
_NO_PERSON = ("organisation_heads", "place_heads", "places", "no_names")
_WORD = re.compile(r"[^\s]+")
_LOWER = re.compile(r"(?<![^\W\d_])[a-z]{2,}")
_INSIDE = re.compile(rf"(?<=\s)[a-z’']+,?\s([{names.UPPER}][\w’']*\w)(?![\w-]|\s[{names.UPPER}\d])")
"""A single word with a capital although no sentence begins there, and no other such word stands beside it."""
_LOWER_AFTER = re.compile(r"\s([a-z][\w-]*)")
_THE = re.compile(r"\b[Tt]he\s$")
_GOES_ON = re.compile(rf"-\w|\s(?:(?:of|for|&)\s(?:the\s)?)?[{names.UPPER}\d]")
_BEGUN = re.compile(rf"\b(?!The\b)\w*[{names.UPPER}]\w*\s(?:(?:of|for|&)\s(?:the\s)?)?$")
"""What tells that a name is only a part of one."""
_TOLD = re.compile(r"\b(?:told|to|in|at|with|from|by|on|of|for)\s(?:the\s)?(?:[a-z]+\s)?$")
"""What stands before a name that is not what somebody speaks of, but whom to, or where."""
_HEARD = re.compile(r"\b(?:told|according to|reported by)\s(?:the\s)?$")
"""What stands before a name of which nothing is said, since it only passes on what is."""
_COUNTED = re.compile(
    r"\s(?P<noun>(?:[a-z][\w’'-]*\s){0,2}?[a-z][\w’'-]*s)\s"
    r"(?P<does>(?:are|were|have|had|will|would|can|could|should|must|may|might)\s[a-z]+(?:\s[\w’'-]+){0,5}?)(?=[.,;:?!]|\s*$)"
)


@dataclass(frozen=True, slots=True)
class Lead:
    """What one may ask about: a `speaker`, a `person` of whom it is told who that is, a counted noun, or any name.

    `about` is a name that a speaker speaks of, or what the counted ones do; `language` is that of the article.
    """

    kind: Kind
    words: str
    about: str = ""
    language: str = _ENGLISH


def leads(quote: Quote, passages: Sequence[Passage]) -> tuple[Lead, ...]:
    """What the passages of a quote and its neighbours lead on to, each once: first what the quote itself names.

    Of these, and then of the others, it is one of each kind, then the next ones; of a kind the nearest come first.
    """
    near, language = _near(quote, passages), quote.article.language
    english = language == _ENGLISH
    own = [*_english(near), *_told_of(quote.text)] if english else [*_foreign(near, language)]
    whole = _fullest(_names_of_persons(near)) if english else {}
    found = dict.fromkeys(
        Lead(one.kind, whole.get(one.words, one.words), whole.get(one.about, one.about), language) for one in own
    )
    named = frozenset(terms(quote.text, language))
    told = {whole.get(name, name) for name in _described(quote.text)} if english else set()
    new = [lead for lead in found if lead.kind != "person" or (" " in lead.words and lead.words not in told)]
    inside = [named.issuperset(terms(lead.words, language)[-1:]) for lead in new]
    return (*_in_turn(compress(new, inside)), *_in_turn(compress(new, map(not_, inside))))


def _in_turn(found: Iterable[Lead]) -> Iterator[Lead]:
    kinds: dict[Kind, list[Lead]] = {kind: [] for kind in _ORDER}
    for lead in found:
        kinds[lead.kind].append(lead)
    return (lead for turn in zip_longest(*kinds.values()) for lead in turn if lead)


def bears_out(lead: Lead, quote: Quote) -> bool:
    """Whether a quote tells what one would ask of a lead."""
    text, language = quote.text, quote.article.language
    held = frozenset(terms(text, language))
    last, topic = terms(lead.words, language)[-1:], terms(lead.about, language)
    if not last or not held.issuperset((*last, *(topic if lead.kind == "figure" else topic[-1:]))):
        return False
    if lead.kind == "speaker":
        return said(text, frozenset(terms(lead.words, language))) >= _SURELY
    if lead.kind == "person":
        return any(term == last[0] for name in _described(text) for term in terms(name, language)[-1:])
    return lead.kind == "name" or any(True for _ in counts(text))


def _near(quote: Quote, passages: Sequence[Passage]) -> list[str]:
    """The sentences of a quote's passages and of those beside them, the nearest first."""
    own = [at for at, passage in enumerate(passages) if passage.span.overlaps(quote.span)]
    if not own:
        return []
    around = passages[max(0, own[0] - 1) : own[-1] + 2]
    sentences = [sentence for passage in around for sentence in passage.sentences]
    nearest = sorted(sentences, key=lambda one: abs(one.span.start - quote.span.start))
    return [" ".join(sentence.text.split()) for sentence in nearest]


def _foreign(near: Iterable[str], language: str) -> Iterator[Lead]:
    """Whole names of persons alone: what else is read goes by English words."""
    for text in near:
        for span in names.proper(text):
            parts = [*dropwhile(lambda word: not terms(word, language), text[slice(*span)].split())]
            if 1 < len(parts) <= _WIDE and parts[0].lower() in words("first_names"):
                yield Lead("name", " ".join(parts))


def _told_of(text: str) -> Iterator[Lead]:
    """Who is named, of whom one may ask whatever else the articles say."""
    for name in _names_of_persons([text]):
        if any(word in words("first_names") for word in name.lower().split()[:-1]):
            yield Lead("speaker", name)
            yield Lead("person", name)


def _names_of_persons(texts: Iterable[str]) -> Iterator[str]:
    """The names of persons, without the words that have a capital because a sentence begins with them."""
    return (text[slice(*_trimmed(text, span))] for text in texts for span in _persons(text))


def _english(near: Sequence[str]) -> Iterator[Lead]:
    sure = {name for text in near for name in _INSIDE.findall(text)}
    sure -= {word.capitalize() for text in near for word in _LOWER.findall(text)}
    for text in near:
        yield from _speakers(text, sure)
        yield from (Lead("person", name) for name in _described(text))
        yield from _counted(text)
        yield from (
            Lead("name", _asked(text, span)) for span in _named(text, sure) if not _HEARD.search(text, 0, span[0])
        )


def _speakers(text: str, sure: Collection[str]) -> Iterator[Lead]:
    """Who says something by name, and the first other name that stands in it."""
    spoken = [(subject.head[0].start, subject.head[-1].end) for subject in sayings(text)]
    bodies = [span for span in names.organisations(text) if _is_body(text[slice(*span)])]
    heads = [span for span in (*_persons(text), *bodies) if any(_inside(span, whole) for whole in spoken)]
    speakers = [_asked(text, span) for span in map(partial(_trimmed, text), heads) if _is_name(text, span, sure)]
    others = (_asked(text, span) for span in _named(text, sure) if not _TOLD.search(text, 0, span[0]))
    about = [name for name in others if not any(_same(name, speaker) for speaker in speakers)]
    yield from (Lead("speaker", speaker, about[0] if about else "") for speaker in speakers)


@lru_cache(maxsize=512)
def _persons(text: str) -> tuple[Span, ...]:
    return tuple(names.persons(text))


def _described(text: str) -> Iterator[str]:
    """The whole names of persons beside which it is said who they are."""
    beside = list(descriptions(text))
    for start, end in _persons(text):
        name = text[start:end]
        first, *others = name.lower().split()
        told = [text[slice(*span)] for span in beside if 0 <= span[0] - end <= _NEAR or 0 <= start - span[1] <= 2]
        offices = {word.lower() for words_beside in told for word in words_beside.split()} & words("roles", "kin")
        known = first in words("first_names") or offices
        body = not words(*_NO_PERSON).isdisjoint(others) or first in words("organisation_heads")
        if told and known and others and len(others) < _WIDE and not body:
            yield name


def _named(text: str, sure: Collection[str]) -> Iterator[Span]:
    """The names in a sentence, persons without their offices; a single word only where it is `sure` to be a name."""
    persons = _persons(text)
    for span in map(partial(_trimmed, text), names.proper(text)):
        parts = {word.lower() for word in text[slice(*span)].split()}
        inside = [person for person in persons if _inside(person, span)]
        if parts & words("organisation_heads") or not (inside or parts & words("roles", "titles")):
            inside = [span]
        yield from (one for one in inside if _is_name(text, one, sure))


def _trimmed(text: str, span: Span) -> Span:
    """A name without the words that have a capital because its sentence begins with them, and the like at its end."""
    start, end = span
    while (found := _WORD.match(text, start, end)) and found.end() < end and _is_no_name(found[0]):
        start = found.end() + 1
    while (cut := text.rfind(" ", start, end)) > 0 and _is_no_name(text[cut + 1 : end]):
        end = cut
    return start, end


def _is_no_name(word: str) -> bool:
    return word.lower() in FUNCTION_WORDS or word.lower() in words("adverbs") or word.endswith("ly")


def _asked(text: str, span: Span) -> str:
    """A name with the article that is printed before it, as in "the Kremlin"."""
    return f"the {text[slice(*span)]}" if _THE.search(text, 0, span[0]) else text[slice(*span)]


def _is_name(text: str, span: Span, sure: Collection[str]) -> bool:
    """Whether a name is whole and may be asked about as it is."""
    name = text[slice(*span)]
    if not 2 < len(name) <= _LONGEST or name.lower() in words("first_names") or not any(map(str.islower, name)):
        return False
    if " " in name and span in _persons(text):
        return True
    if _GOES_ON.match(text, span[1]) or _BEGUN.search(text, 0, span[0]) or _is_adjective(text, span[1]):
        return False
    return " " in name or name in sure


def _is_adjective(text: str, end: int) -> bool:
    """Whether a name may only tell what the noun after it is like: "the Oslo talks"."""
    found = _LOWER_AFTER.match(text, end)
    return found is not None and found[1] not in _after_names() and not found[1].endswith("ed")


@cache
def _after_names() -> frozenset[str]:
    lists = words("auxiliaries", "prepositions", "subordinators", "adverbs")
    return FUNCTION_WORDS | lists | verb_forms("sayings") | IRREGULAR


def _counted(text: str) -> Iterator[Lead]:
    """What is counted, where it is said what so many of it do."""
    for _, end in counts(text):
        if found := _COUNTED.match(text, end):
            yield Lead("figure", found["noun"], found["does"])


def _is_body(name: str) -> bool:
    """Whether a name is an organisation's beyond doubt: an acronym, or with a word like "Council"."""
    *_, last = name.split()
    return (name.isupper() and name.isalpha() and len(name) > 2) or last.lower() in words("organisation_heads")


def _same(name: str, other: str) -> bool:
    """Whether two names end alike, as a surname and a whole name do."""
    return name.rpartition(" ")[2] == other.rpartition(" ")[2]


def _fullest(printed: Iterable[str]) -> dict[str, str]:
    """Of each name that is the end of just one longer one, that."""
    known = dict.fromkeys(printed)
    longer = {name: [other for other in known if other.endswith(f" {name}")] for name in known}
    return {name: others[0] for name, others in longer.items() if len(others) == 1}


def _inside(span: Span, whole: Span) -> bool:
    return whole[0] <= span[0] and span[1] <= whole[1]
