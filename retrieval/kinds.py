"""A question in, the kind of answer that it expects out, and which of its words say what that answer is of."""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from retrieval.analysis import term_of
from retrieval.lexicon import either, plurals, words
from retrieval.models import AnswerKind, Span

_SAY = (
    r"(?:say|says|tell|tells|think|thinks|call|calls|describe|describes|announce|claim|claims|state|mention|comment|"
    r"respond|react|explain|argue|warn|stress|add|note|insist|complain|propose|suggest|promise|admit|deny|declare|demand)"
)
_SAID = (
    r"(?:said|told|thought|described|announced|claimed|stated|mentioned|commented|responded|reacted|"
    r"explained|argued|warned|stressed|added|noted|insisted|complained|proposed|suggested|promised|admitted|denied|"
    r"declared|demanded|saying|telling|thinking|calling|claiming|announcing|proposing|suggesting|promising|demanding)"
)
_SAYING = rf"(?:{_SAY}|{_SAID}|(?<!so[ -])called)"
_AUXILIARY = r"(?:did|does|do|has|have|had|is|was|are|were|can|could|will|would|should)"
_VIEW = r"(?:position|views?|stance|opinion|attitude|reaction|response|message)"
_MONEY = r"(?:money|dollars|euros|pounds|cents|revenue|income|profit|debt|funding)"
_PAID = (
    r"(?:cost|costs|paid|pay|pays|spent|spend|earn|earned|worth|charge|raised?|owe|owed|invested|donated?|sold|fined)"
)

MEASURED: frozenset[AnswerKind] = frozenset({"count", "amount", "money", "share", "measure", "duration", "age"})
"""Kinds that no sentence without a figure of that kind can answer."""

_PATTERNS: tuple[tuple[AnswerKind, str], ...] = (
    ("age", r"how old|what age"),
    ("measure", rf"how long\b.* in {either('measure_units', plural=True)}"),
    ("duration", rf"how long|how many (?:more |other )?{either('units_of_time', plural=True)}"),
    ("measure", rf"how (?:many|much) (?:square |cubic )?{either('measure_units', plural=True)}"),
    ("share", r"how many percent|how much of"),
    ("money", rf"how (?:many|much) (?:more )?{_MONEY}|how much\b.* {_PAID}"),
    ("amount", r"how much|(?:what|which) amount"),
    ("count", r"how many"),
    ("measure", r"how (?:far|tall|high|wide|deep|heavy|fast|big|large|hot|cold|thick)"),
    ("time", r"when(?:['’]?s)?|how soon"),
    ("place", r"where(?:['’]?s)?|(?:what|which) parts? of (?:the )?(?:world|globe|country|city|island)"),
    ("reason", r"why|how come"),
    (
        "statement",
        (
            rf"(?:what|how) (?:did|does|do|has|have|had)\b.*\b{_SAYING}|(?:what|how)(?:['’]?s| is| was)\b.*\b{_SAID}|"
            rf"what(?:['’]?s| is| was| were| are)? \w.*s['’]? (?:\w+ )?{_VIEW}"
        ),
    ),
    ("role", r"what(?:['’]?s)? (?:does|do) \w+(?: \w+)? do(?: now| today| for a living)?\W*$"),
    ("role", r"what (?:job|role|position|post|title) (?:does|did|do|has) .* (?:have|had|hold|held)\b"),
)
_RULES = tuple((kind, re.compile(rf"(?:{pattern})\b")) for kind, pattern in _PATTERNS)
_ASKING = re.compile(r"\b(?:who(?:m|se|s)?|what|which|when|where|why|how)(?:['’]?s)?\b")
_SETTING = re.compile(r"\W*(?:when|where)\b[^,]*,\s+(?=(?:(?:in|at|on|by|to|for) )?(?:who|what|which|why|how)\b)")
_YES_NO = re.compile(rf"\W*(?:and |but |so )?{_AUXILIARY}\b")
_NUMBER_OF = re.compile(r"\bnumber of\b")
_WORD = re.compile(r"[\w.’'-]*\w[’']?|[,;?]")
_WHO_IS = re.compile(
    r"\bwho(?:['’]?s|\s+(?:is|was|are|were))\s+(?P<name>[\w’'.-]+(?:\s+[\w’'.-]+){0,3})\s*\?*\s*$", re.IGNORECASE
)
_COPULAS = frozenset({"is", "was", "are", "were"})
_DETERMINERS = frozenset({"the", "a", "an", "one", "his", "her", "its", "their", "this", "that"})
_POINTING = frozenset({"capital", "location", "place", "address", "venue", "site", "birthplace", "hometown"})
"""Nouns that ask for a name; "what is the school" asks what it is."""
_CALLED = frozenset({"called", "named", "name", "names"})
_NO_VERBS = words("no_names", "places") | {"sports", "news", "arts", "series", "u.s", "united", "olympics"}
_NO_NAMES = frozenset(
    {"it", "there", "here", "that", "this", "he", "she", "they", "you", "him", "her", "them", "who", "responsible"}
)
_KINDS: Mapping[AnswerKind, tuple[str, ...]] = {
    "share": ("share_nouns",),
    "money": ("money_nouns",),
    "measure": ("measure_nouns", "measure_units"),
    "count": ("count_nouns",),
    "time": ("time_nouns",),
    "reason": ("reason_nouns",),
    "role": ("role_nouns",),
    "thing": ("thing_nouns",),
    "organisation": ("organisation_nouns",),
    "place": ("place_nouns",),
    "person": ("people", "kin", "roles"),
}
_NAMED: frozenset[AnswerKind] = frozenset({"person", "place", "organisation"})
_MOST_WORDS = 6
_STANCE = "oppose reject accept consider believe refuse agree approve welcome praise favour"
SAYING_TERMS = frozenset(map(term_of, re.findall(r"\w+", f"{_SAY} {_SAID} call {_STANCE}")))
"""Index terms of the verbs of saying, and of holding a view."""

_ACCORDING = re.compile(r"\baccording to (?:the )?(\w+(?: \w+)?)")
_WHOSE_VIEW = re.compile(rf"\bwhat(?:['’]?s| is| was| were| are)? (?:the )?(\w.*?)s?['’]?s? (?:\w+ )?{_VIEW}\b")
_BEFORE_SPEAKER = re.compile(r"\b(?:did|does|do|has|have|had|is|was)\s+")
_AFTER_SPEAKER = re.compile(rf"\b{_SAYING}\b")
_COUNTED = re.compile(
    rf"\bhow (?:many|much)\s+(?:(?:more|other)\s+)?(\w+(?:[\s'’-]+(?!{either('prepositions')}\b)\w+){{0,4}}?)"
    rf"(?=\s+(?:{_AUXILIARY}|of)\b)"
)
"""What is counted stands before an auxiliary or "of": "how many state parks are within …"."""
_FOCUS = re.compile(
    r"\bhow (?:many|much)\s+(?:more\s+|other\s+)?(\w+(?:\s+\w+)?)|"
    rf"\bnumber of\s+(\w+)|\bhow long (?!{_AUXILIARY}\b)(\w+)"
)

_UTTERING = re.compile(
    r"\b(?:say|says|said|saying|tell|tells|told|announced?|mention(?:ed)?|comment(?:ed)?)\b", re.IGNORECASE
)

_NAMING = re.compile(
    r"\b(?:(?<!so[ -])call(?:s|ed|ing)?(?! (?:for|on|off|upon)\b)|describ(?:e|es|ed|ing)|label(?:s|led|ed)?|"
    r"brand(?:s|ed)?|dub(?:s|bed)?|term(?:s|ed)?|refer(?:s|red)? to)\b",
    re.IGNORECASE,
)
_NOUNS_TOO = re.compile(r"(?:call|label|brand|dub|term)s?", re.IGNORECASE)
_BEFORE_NOUN = re.compile(
    r"(?<!\w)(?:the|an?|his|her|its|their|my|our|your|this|that|any|every|\w+[’']s|\w+s[’'])[ -]+"
    r"(?:(?:first|second|last|latest|long|longer|new|next|recent|short|\w+day|\w+ing)[ -]+)?$|"
    r"(?<!\w)(?:phone|telephone|video|virtual|conference|emergency|joint|(?:at|by|during|for|from|in|of|on|with)) +$",
    re.IGNORECASE,
)

_TYPE = re.compile(
    rf"\b(?:which|what)\s+((?!(?:{_AUXILIARY}|an?|the|if|about)\b)\w+(?:\s+(?!{_AUXILIARY}\b)\w+)?)", re.IGNORECASE
)


def expected(question: str) -> AnswerKind:
    """The kind of answer that a question asks for, by its first asking word; `thing` where its words do not say."""
    lowered = question.lower()
    setting = _SETTING.match(lowered)
    asking = _ASKING.search(lowered, setting.end() if setting else 0)
    if asking is None:
        return "yes_no" if _YES_NO.match(lowered) else "count" if _NUMBER_OF.search(lowered) else "thing"
    if kind := next((kind for kind, pattern in _RULES if pattern.match(lowered, asking.start())), None):
        return kind
    if asking.group().startswith("who"):
        return "role" if asks_who(question) else "person"
    if asking.group().startswith("how"):
        return "thing"
    copula = ["is"] if asking.group().endswith("s") else []
    return _what([*copula, *_WORD.findall(lowered, asking.end(), asking.end() + 200)])


def asks_who(question: str) -> str:
    """The name in a question that asks who its bearer is ("Who is Ann Berg?"); empty where none does."""
    asked = _WHO_IS.search(question)
    if asked is None:
        return ""
    *_, last = named = asked["name"].split()
    lowered = [word.lower() for word in named]
    plain = words("roles", "kin", "people", "prepositions", "thought_ends", "auxiliaries", "no_names") - {
        "black",
        "white",
    }
    ends = last.lower().removesuffix("’s").removesuffix("'s")
    if ends in plain or lowered[0] in plain - words("roles") or set(lowered) & words("prepositions"):
        return ""
    if last.islower() and (last.endswith(("ed", "ing", "'s", "’s")) or last in _NO_NAMES):
        return ""
    return asked["name"]


def speaker(question: str) -> str:
    """The words of a question between its auxiliary and its verb of saying: whose words are asked for."""
    lowered = question.lower()
    if according := _ACCORDING.search(lowered):
        return according[1]
    if view := _WHOSE_VIEW.search(lowered):
        return view[1]
    start = _BEFORE_SPEAKER.search(lowered)
    end = _AFTER_SPEAKER.search(lowered, start.end()) if start else None
    return lowered[start.end() : end.start()] if start and end else ""


def asks_words(question: str) -> bool:
    """Whether a question asks what somebody said, and not just what view they hold."""
    return _UTTERING.search(question) is not None


def is_naming(question: str) -> bool:
    """Whether a question asks what somebody called something: the answer then likely stands in quotation marks."""
    return any(not _is_noun(question, verb) for verb in _NAMING.finditer(question))


def _is_noun(question: str, verb: re.Match[str]) -> bool:
    """Whether a word like "call" is a noun where it stands: after an article, an owner, a preposition, or "phone"."""
    before = max(0, verb.start() - 40), verb.start()
    return _NOUNS_TOO.fullmatch(verb.group()) is not None and _BEFORE_NOUN.search(question, *before) is not None


def type_words(question: str) -> Span:
    """The one or two words after "which" or "what" that name what the answer is; an answer rarely says them."""
    match = _TYPE.search(question)
    return Span(*match.span(1)) if match else Span(0, 0)


def counted(question: str) -> str:
    """What is to be counted: the noun after "how many", "how much" or "number of", and the word after where unsure."""
    lowered = question.lower()
    if whole := _COUNTED.search(lowered):
        return whole[1].split()[-1]
    match = _FOCUS.search(lowered)
    return (match[1] or match[2] or match[3]) if match else ""


def _what(asked: Sequence[str]) -> AnswerKind:
    """The kind that the words after "what" or "which" tell: by "which city", or by "what is the capital of"."""
    if not asked or asked[0] not in _COPULAS:
        return _which(asked)
    phrase = _phrase(asked[1:])
    head, after = phrase[-1:], asked[1 + len(phrase) :]
    if head in (["name"], ["names"]) and after[:1] == ["of"]:
        named = _kind_of(_phrase(after[1:]))
        return named if named in _NAMED else "thing"
    called = bool(phrase) and phrase[-1] in _CALLED
    phrase = phrase[:-1] if called else phrase
    measure = next((kind for word in reversed(phrase) if (kind := _nouns().get(word)) in MEASURED), None)
    kind = measure or _kind_of(phrase)
    owned = any(word.endswith(("s", "’", "'")) for word in phrase[:-1])
    plain = kind in _NAMED and not called and phrase[-1] not in _POINTING
    return kind if phrase and (owned or phrase[0] in _DETERMINERS) and not plain else "thing"


def _kind_of(phrase: Sequence[str]) -> AnswerKind:
    return _nouns().get(phrase[-1], "thing") if phrase else "thing"


def _which(asked: Sequence[str]) -> AnswerKind:
    """The kind of the first noun, or of the last where several come in a row ("which city council")."""
    phrase = _phrase(asked[1:] if asked[:1] == ["of"] else asked)[:_MOST_WORDS]
    nouns = _nouns()
    at = next((at for at, word in enumerate(phrase) if word in nouns), None)
    if at is None or any(map(_is_verb, phrase[:at])):
        return "thing"
    while at + 1 < len(phrase) and phrase[at + 1] in nouns and not phrase[at + 1].endswith("s"):
        at += 1
    return nouns[phrase[at]]


def _phrase(asked: Sequence[str]) -> Sequence[str]:
    """The words up to one that no noun phrase goes on with."""
    stops = words("prepositions", "subordinators", "auxiliaries", "thought_ends")
    return asked[: next((at for at, word in enumerate(asked) if word in stops or not word[0].isalnum()), len(asked))]


def _is_verb(word: str) -> bool:
    """Whether a word between "what" and a noun may be its verb: "what allows people", but not "what sports team"."""
    return word in words("verbs") or (word.endswith(("s", "ed")) and not word.endswith("ss") and word not in _NO_VERBS)


@cache
def _nouns() -> Mapping[str, AnswerKind]:
    """Nouns, and what kind of answer each is the name of."""
    found: dict[str, AnswerKind] = {}
    for kind, lists in _KINDS.items():
        for word in words(*lists) - words("ambiguous_roles"):
            for form in (word, *plurals(word)):
                found.setdefault(form, kind)
    return found
