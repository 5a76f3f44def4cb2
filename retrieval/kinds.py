"""What kind of answer a question expects, and where a sentence holds one.

A question's words in, an AnswerKind out; a sentence and a kind in, the spans of phrases of that kind out.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from retrieval.analysis import is_nationality, term_of, tokens
from retrieval.dates import time_spans
from retrieval.models import AnswerKind, Span

_SAY = (
    r"(?:say|says|tell|tells|think|thinks|call|calls|describe|describes|announce|claim|claims|state|mention|comment|"
    r"respond|react|explain|argue|warn|stress|add|note|insist|complain|propose|suggest|promise|admit|deny|declare|demand)"
)
_SAID = (
    r"(?:said|told|thought|(?<!so[ -])called|described|announced|claimed|stated|mentioned|commented|responded|reacted|"
    r"explained|argued|warned|stressed|added|noted|insisted|complained|proposed|suggested|promised|admitted|denied|"
    r"declared|demanded|saying|telling|thinking|calling|claiming|announcing|proposing|suggesting|promising|demanding)"
)
_SAYING = rf"(?:{_SAY}|{_SAID})"
_PEOPLE = (
    r"(?:person|people|man|woman|president|minister|leader|leaders|politician|adviser|advisor|author|writer|actor|actress|"
    r"singer|artist|chancellor|king|queen|general|official|expert|scientist|player|director|founder|ambassador|spokes\w+)"
)
_PLACES = (
    r"(?:city|cities|country|countries|place|places|town|venue|region|state|capital|continent|island|river|location)"
)
_TIMES = r"(?:year|day|date|month|week|weekday|weekend|time|decade|century|season)"
_AUXILIARY = r"(?:did|does|do|has|have|had|is|was|are|were|can|could|will|would|should)"


def _which(nouns: str) -> str:
    """Which of these is asked for: "which year", "what was the year of"."""
    return (
        rf"(?:what|which) {nouns}|"
        rf"(?:what|which)(?:['’]?s| is| was| are| were)(?: the)? {nouns}(?= (?:of|in|for|that|when|where|at|to)\b|\W*$)"
    )


_PATTERNS: tuple[tuple[AnswerKind, str], ...] = (
    ("age", r"how old|what age"),
    ("duration", r"how long|how many (?:seconds|minutes|hours|days|weeks|months|years|decades|centuries)"),
    ("amount", rf"how much|{_which('(?:share|percentage|percent|proportion|price|cost|sum|amount|cut)')}"),
    ("count", rf"how many|{_which('(?:[a-z]+ )?number')}"),
    ("time", rf"when(?:['’]?s)?|how soon|{_which(_TIMES)}"),
    ("place", rf"where(?:['’]?s)?|{_which(_PLACES)}"),
    ("reason", rf"why|how come|{_which('(?:reason|cause)s?')}"),
    (
        "statement",
        rf"(?:what|how) (?:did|does|do|has|have|had)\b.*\b{_SAYING}|(?:what|how)(?:['’]?s| is| was)\b.*\b{_SAID}",
    ),
    ("person", rf"who(?:m|se|['’]?s)?|(?:what|which)(?: (?!{_AUXILIARY}\b)\w+)? {_PEOPLE}"),
)
_RULES = tuple((kind, re.compile(rf"(?:{pattern})\b")) for kind, pattern in _PATTERNS)
_ASKING = re.compile(r"\b(?:who(?:m|se|s)?|what|which|when|where|why|how)(?:['’]?s)?\b")
_SETTING = re.compile(r"\W*(?:when|where)\b[^,]*,\s+(?=(?:(?:in|at|on|by|to|for) )?(?:who|what|which|why|how)\b)")
_YES_NO = re.compile(rf"\W*(?:and |but |so )?{_AUXILIARY}\b")
_NUMBER_OF = re.compile(r"\bnumber of\b")

_NUMBER_WORDS = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|dozens?|millions?|"
    r"billions?|trillions?|half)"
)
_NUMBER = r"\d+(?:[.,]\d+)*"
_FIGURE = rf"(?:(?<!\w)(?<!\d[.,]){_NUMBER}|\b{_NUMBER_WORDS}\b)"
_UNIT = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centur(?:y|ies))"
_COUNT = re.compile(
    rf"(?:(?:about|around|over|more than|almost|nearly|at least) )?{_FIGURE}(?:[ -]{_NUMBER_WORDS})*", re.I
)
_AMOUNT = re.compile(
    rf"[$€£¥]\s?{_NUMBER}(?:\s?(?:bn|tn|mn?|k|hundred|thousand|million|billion|trillion)\b)?|"
    rf"{_FIGURE}(?:[ -]{_NUMBER_WORDS}){{0,4}}\s?"
    r"(?:%|percent\b|per cent\b|dollars?\b|euros?\b|pounds?\b|tonnes?\b|tons?\b|kilomet\w+|met(?:er|re)s?\b|miles?\b|"
    r"feet\b|acres?\b|hectares?\b|kg\b|km\b|watts?\b|degrees?\b)",
    re.I,
)
_DURATION = re.compile(
    rf"{_FIGURE}(?:[ -]{{1,3}}(?:{_NUMBER_WORDS}|and|a|or)){{0,6}}[ -]{{1,3}}{_UNIT}\b|"
    rf"\b(?:an?|several|few|many|couple of) {_UNIT}\b",
    re.I,
)
_AGE = re.compile(r"\b(?:aged?|age of) \d{1,3}\b|\b\d{1,3}[ -]years?[ -]old\b|\b\w+[ -]year[ -]old\b|, \d{1,3},", re.I)
_UPPER = "A-ZÀ-ÖØ-ÞĆČĎĐĞİŁŃŇŐŘŚŞŠŤŮŰŹŻŽȘȚ"
_CAPITAL = rf"[{_UPPER}][\w-]*\w(?:\.(?=\s))?"
_NAME = re.compile(rf"\b{_CAPITAL}(?:\s+(?:(?:de|von|van|der|den|al|bin|la|le|di)\s+){{0,2}}{_CAPITAL})*")
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
    rf"\b(?:in|at|to|from|near|into|on|of|across|outside|proposed)\s+"
    rf"((?:the\s+)?[{_UPPER}][\w’'.-]*\w(?:\s+[{_UPPER}][\w’'.-]*\w)*)"
)
_REASON = re.compile(
    r"\b(?:because|due to|owing to|thanks to|on the grounds|in order to|so that|as a result|in an attempt|caused by|"
    r"payment for|aimed at|led to|reasons?|since(?!\s+(?:\d|the\b|then\b|last\b)))\b.*",
    re.I | re.S,
)
_STANCE = "oppose reject accept consider believe refuse agree approve welcome praise favour"
SAYING_TERMS = frozenset(map(term_of, re.findall(r"\w+", f"{_SAY} {_STANCE}")))
"""Index terms of the verbs of saying, and of holding a view."""

_QUOTED = re.compile(r"[“\"«](?=\w)[^“”\"«»]{8,}?(?:[”\"»]|$)|‘(?=\w)[^‘“”\"«»]{8,}?(?:’(?!\w)|[”\"»]|$)")
_ACCORDING = re.compile(r"\baccording to (?:the )?(\w+(?: \w+)?)")
_BEFORE_SPEAKER = re.compile(r"\b(?:did|does|do|has|have|had|is|was)\s+")
_AFTER_SPEAKER = re.compile(rf"\b{_SAYING}\b")
_FOCUS = re.compile(
    r"\bhow (?:many|much)\s+(?:more\s+|other\s+)?(\w+(?:\s+\w+)?)|"
    rf"\bnumber of\s+(\w+)|\bhow long (?!{_AUXILIARY}\b)(\w+)"
)

_NAMING = re.compile(
    r"\b(?:(?<!so[ -])call(?:s|ed|ing)?|describ(?:e|es|ed|ing)|label(?:s|led|ed)?|brand(?:s|ed)?|dub(?:s|bed)?|"
    r"term(?:s|ed)?|refer(?:s|red)? to)\b",
    re.IGNORECASE,
)
_TYPE = re.compile(
    rf"\b(?:which|what)\s+((?!(?:{_AUXILIARY}|an?|the|if|about)\b)\w+(?:\s+(?!{_AUXILIARY}\b)\w+)?)", re.IGNORECASE
)

MEASURED: frozenset[AnswerKind] = frozenset({"count", "amount", "duration", "age"})
"""Kinds that no sentence without a figure of that kind can answer."""


def expected(question: str) -> AnswerKind:
    """The kind of answer that a question asks for, by its first asking word; `thing` where its words do not say."""
    lowered = question.lower()
    setting = _SETTING.match(lowered)
    asking = _ASKING.search(lowered, setting.end() if setting else 0)
    if asking is None:
        return "yes_no" if _YES_NO.match(lowered) else "count" if _NUMBER_OF.search(lowered) else "thing"
    return next((kind for kind, pattern in _RULES if pattern.match(lowered, asking.start())), "thing")


def speaker(question: str) -> str:
    """The words of a question between its auxiliary and its verb of saying: whose words are asked for."""
    lowered = question.lower()
    if according := _ACCORDING.search(lowered):
        return according[1]
    start = _BEFORE_SPEAKER.search(lowered)
    end = _AFTER_SPEAKER.search(lowered, start.end()) if start else None
    return lowered[start.end() : end.start()] if start and end else ""


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
        words = [token for token in tokens(match.group()) if token.term]
        named = [word for word in words if word.term not in _NO_PERSON and not is_nationality(word.term)]
        if named:
            start = match.start() + words[0].start
            opening = not sentence[:start].strip("“”\"‘’' ")
            if len(words) > 1 or not (opening or match.group().isupper()):
                yield start, match.end()


def _counts(sentence: str) -> Iterator[tuple[int, int]]:
    """Figures, but those of a date."""
    dates = list(time_spans(sentence))
    for match in _COUNT.finditer(sentence):
        if not any(start < match.end() and match.start() < end for start, end in dates):
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
    "count": _counts,
    "amount": _spans(_AMOUNT),
    "reason": _spans(_REASON),
    "statement": _spans(_QUOTED),
}
