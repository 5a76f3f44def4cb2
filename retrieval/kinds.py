"""What kind of answer a question expects, and where a sentence holds one.

A question's words in, an AnswerKind out; a sentence and a kind in, the spans of phrases of that kind out.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from retrieval.analysis import is_nationality, normalise, term_of
from retrieval.dates import time_spans
from retrieval.models import AnswerKind, Span

_SAYING = (
    r"(?:say|says|said|tell|tells|told|think|thinks|thought|call|calls|called|describe|describes|described|announce|announced|"
    r"claim|claims|claimed|state|stated|mention|mentioned|comment|commented|respond|responded|react|reacted|explain|"
    r"explained|argue|argued|warn|warned|stress|stressed|add|added|note|noted|insist|insisted|complain|complained|"
    r"propose|proposed|suggest|suggested|promise|promised|admit|admitted|deny|denied|declare|declared|demand|demanded)"
)
_PEOPLE = (
    r"(?:person|people|man|woman|president|minister|leader|leaders|politician|adviser|advisor|author|writer|actor|actress|"
    r"singer|artist|chancellor|king|queen|general|official|expert|scientist|player|director|founder|ambassador|spokes\w+)"
)
_PLACES = (
    r"(?:city|cities|country|countries|place|places|town|venue|region|state|capital|continent|island|river|location)"
)

_PATTERNS: tuple[tuple[AnswerKind, str], ...] = (
    ("age", r"\bhow old\b|\bwhat age\b"),
    ("duration", r"\bhow long\b|\bhow many (?:seconds|minutes|hours|days|weeks|months|years|decades|centuries)\b"),
    (
        "amount",
        r"\bhow much\b|\b(?:what|which) (?:share|percentage|percent|proportion|price|cost|sum|amount|cut)\b",
    ),
    ("count", r"\bhow many\b|\b(?:what|which) number\b|\bnumber of\b"),
    ("time", r"\bwhen\b|\b(?:what|which|in what|in which) (?:year|day|date|month|time|decade|century|season)\b"),
    ("place", rf"\bwhere\b|\b(?:what|which) {_PLACES}\b"),
    ("reason", r"\bwhy\b|\bhow come\b|\bwhat (?:is |was |are )?(?:the )?(?:reason|cause)s?\b"),
    ("statement", rf"\b(?:what|how) (?:did|does|do|has|have|had|is|was) .*\b{_SAYING}\b"),
    ("person", rf"\bwho(?:m|se)?\b|\b(?:what|which) (?:\w+ )?{_PEOPLE}\b"),
    ("yes_no", r"^\W*(?:and |but |so )?(?:did|does|do|is|are|was|were|can|could|will|would|has|have|had|should)\b"),
)
_RULES = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)

_NUMBER_WORDS = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fifteen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|hundreds?|thousands?|dozens?|millions?|billions?|trillions?|half)"
)
_FIGURE = rf"(?:\d[\d,.]*\d|\d|\b{_NUMBER_WORDS}\b)"
_UNIT = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centur(?:y|ies))"
_COUNT = re.compile(
    rf"(?:(?:about|around|over|more than|almost|nearly|at least) )?{_FIGURE}(?:[ -]{_NUMBER_WORDS})*", re.I
)
_AMOUNT = re.compile(
    rf"[$€£¥]\s?\d[\d,.]*(?:\s(?:hundred|thousand|million|billion|trillion))?|{_FIGURE}(?:[ -]{_NUMBER_WORDS})*\s?"
    r"(?:%|percent\b|per cent\b|dollars?\b|euros?\b|pounds?\b|tonnes?\b|tons?\b|kilomet\w+|met(?:er|re)s?\b|miles?\b|"
    r"feet\b|acres?\b|hectares?\b|kg\b|km\b|watts?\b|degrees?\b)",
    re.I,
)
_DURATION = re.compile(
    rf"{_FIGURE}(?:[ -]+(?:{_NUMBER_WORDS}|and|a|or))*[ -]+{_UNIT}\b|\b(?:a|an|several|few) {_UNIT}\b", re.I
)
_AGE = re.compile(r"\b(?:aged?|age of) \d{1,3}\b|\b\d{1,3}[ -]years?[ -]old\b|\b\w+[ -]year[ -]old\b|, \d{1,3},", re.I)
_CAPITAL = r"[A-ZÀ-ÞŁŚŠŽ][\w-]*\w\.?"
_NAME = re.compile(rf"\b{_CAPITAL}(?:\s+(?:(?:de|von|van|der|al|bin|la|le|di)\s+)?{_CAPITAL})*")
_NO_PERSON = frozenset(
    term_of(word)
    for word in """
    president prime minister general secretary chancellor king queen government ministry house white united states union
    nations council commission north south east west western eastern northern southern monday tuesday wednesday thursday
    friday saturday sunday january february march april may june july august september october november december europe
    kremlin washington moscow london paris berlin brussels defense foreign security war peace world
    """.split()  # noqa: SIM905 -- reads better as prose
)
_PLACE = re.compile(
    r"\b(?:in|at|to|from|near|into|on|of|across|outside|proposed)\s+((?:the\s+)?[A-ZÀ-Þ][\w’'.-]*\w(?:\s+[A-ZÀ-Þ][\w’'.-]*\w)*)"
)
_REASON = re.compile(
    r"\b(?:because|due to|owing to|thanks to|on the grounds|in order to|so that|as a result|since|in an attempt|"
    r"caused by|payment for|aimed at|led to|reasons?)\b.*",
    re.I | re.S,
)
_STANCE = "oppose reject accept consider believe refuse agree approve welcome praise favour"
SAYING_TERMS = frozenset(term_of(verb) for verb in (*_SAYING.strip("(?:)").split("|"), *_STANCE.split()))
"""Index terms of the verbs of saying, and of holding a view."""

_QUOTED = re.compile(r"[“\"«‘](?=\w)[^“”\"«»]{8,}?(?:[”\"»]|$)")


_SPEAKER = re.compile(
    rf"\baccording to (?:the )?(\w+(?: \w+)?)|\b(?:did|does|do|has|have|had|is|was)\s+(.*?)\b{_SAYING}\b"
)
_FOCUS = re.compile(
    r"\bhow (?:many|much)\s+(?:more\s+|other\s+)?(\w+(?:\s+\w+)?)|"
    r"\bnumber of\s+(\w+)|\bhow long (?!did|do|does|has|have|had|is|was|were|are|will|would|can|could)(\w+)"
)

_NAMING = re.compile(r"\b(?:call|describe|label|brand|term|refer to)\w*\b", re.IGNORECASE)
_TYPE = re.compile(
    r"\b(?:which|what)\s+((?!is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|if|about)\w+(?:\s+(?:of|\w+))?)",
    re.IGNORECASE,
)

MEASURED: frozenset[AnswerKind] = frozenset({"count", "amount", "duration", "age"})
"""Kinds that no sentence without a figure of that kind can answer."""


def expected(question: str) -> AnswerKind:
    """The kind of answer that a question asks for; `thing` where its words do not say."""
    lowered = question.lower()
    return next((kind for kind, pattern in _RULES if pattern.search(lowered)), "thing")


def speaker(question: str) -> str:
    """The words of a question between its auxiliary and its verb of saying: whose words are asked for."""
    match = _SPEAKER.search(question.lower())
    return (match[1] or match[2]) if match else ""


def is_naming(question: str) -> bool:
    """Whether a question asks what somebody called something: the answer then likely stands in quotation marks."""
    return _NAMING.search(question) is not None


def type_words(question: str) -> Span:
    """The one or two words after "which" or "what" that name what the answer is; an answer rarely says them."""
    match = _TYPE.search(question)
    return Span(*match.span(1)) if match else Span(0, 0)


def counted(question: str) -> str:
    """What is to be counted: the words after "how many", "how much" or "number of"."""
    match = _FOCUS.search(question.lower())
    return (match[1] or match[2] or match[3]) if match else ""


def evidence(kind: AnswerKind, sentence: str) -> list[tuple[int, int]]:
    """Spans of `sentence` that could be an answer of this kind, in order; offsets into the sentence."""
    find = _FINDERS.get(kind)
    return sorted(set(find(sentence))) if find else []


def _people(sentence: str) -> Iterator[tuple[int, int]]:
    """Capitalised words that may name a person: two or more in a row, or one inside the sentence."""
    for match in _NAME.finditer(sentence):
        words = [term_of(normalise(word)) for word in re.findall(r"[^\W_]+", match.group())]
        named = [word for word in words if word and word not in _NO_PERSON and not is_nationality(word)]
        opening = not sentence[: match.start()].strip("“”\"‘’' ")
        if named and (len(words) > 1 or not (opening or match.group().isupper())):
            yield match.span()


def _spans(pattern: re.Pattern[str], group: int = 0) -> Callable[[str], Iterator[tuple[int, int]]]:
    def find(sentence: str) -> Iterator[tuple[int, int]]:
        return (match.span(group) for match in pattern.finditer(sentence))

    return find


_FINDERS: Mapping[AnswerKind, Callable[[str], Iterator[tuple[int, int]]]] = {
    "person": _people,
    "place": _spans(_PLACE, 1),
    "time": time_spans,
    "duration": _spans(_DURATION),
    "age": _spans(_AGE),
    "count": _spans(_COUNT),
    "amount": _spans(_AMOUNT),
    "reason": _spans(_REASON),
    "statement": _spans(_QUOTED),
}
