"""A question in, the kind of answer that it expects out, and which of its words say what that answer is of."""

import re

from retrieval.analysis import term_of
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

_STANCE = "oppose reject accept consider believe refuse agree approve welcome praise favour"
SAYING_TERMS = frozenset(map(term_of, re.findall(r"\w+", f"{_SAY} {_STANCE}")))
"""Index terms of the verbs of saying, and of holding a view."""

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
