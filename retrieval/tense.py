"""A text and the place of a word about time in it in, whether the text tells there of what was or will be out.

The verbs around the word are read by their form alone; where they do not say it beyond doubt, the answer is None.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Literal

Tense = Literal["past", "future"]

_SPEECH = re.compile(r"^[^“”\"«»]*[”»]|[“\"«][^“”\"«»]*(?:[”\"»]|$)")
_SENTENCE_END = re.compile(r"[.!?;:…]['’)\]]*(?=\s)|\n")
_WORD = re.compile(r"[\w’'-]+")
_ATTRIBUTION = re.compile(
    r",\s+(?:(?:said|says|told|added|reported|announced)(?!\s+that\b)(?:\s+[\w’'-]+){0,5}|"
    r"(?:[\w’'-]+\s+){1,6}(?:said|says|added|reported|announced|told\s+[\w’'-]+))\W*$"
)
_BREAK = re.compile(
    r"[–—;:]|\b(?:that|which|who|whom|whose|where|when|after|before|while|because|since|if|but|and|as|although|though|"
    r"until|whether|so)\b",
    re.IGNORECASE,
)
_FRONTED = re.compile(
    r"\W*(?:(?:and|but|however|meanwhile|also|then)\b\W*)?(?:(?:just|late|early|earlier|later|only)\s+)?"
    r"(?:in|on|at|during|after|following|by|this|last|over|speaking|asked|\w+day)\b[^,]*$",
    re.IGNORECASE,
)
_LOOKS_AHEAD = re.compile(
    r"\b(?:(?:ahead of|before|until|till|prior to|pending|by)\b[^,]{0,40}|for\s+(?:(?:late|early)\s+(?:on\s+)?)?|"
    r"(?:call|prepar|plan|schedul|invit|summon|ask|push)\w*\s+(?:\w+\s+){0,3}(?:for|to)\b[^,]{0,40})$",
    re.IGNORECASE,
)
_LOOKS_BACK = re.compile(r"\b(?:after|following)\b[^,]{0,40}$", re.IGNORECASE)
_REACH = 100
"""Characters before a word in which what leads up to it is looked for."""
_FARTHEST = 400
"""Characters before and after a word in which its verb is looked for."""

_LOOSE = frozenset("on in at late early earlier later this reporters journalists also again both".split())  # noqa: SIM905
_DETERMINERS = frozenset("a an the its his her their our my your any some no this that these those such".split())  # noqa: SIM905
_BETWEEN = frozenset("not also still now then again soon be been being have had has never already both".split())  # noqa: SIM905
_FORWARD = frozenset("due set expected scheduled planned going poised slated to".split())  # noqa: SIM905
_HOPES = frozenset("plan plans planning hope hopes expect expects aim aims intend intends".split())  # noqa: SIM905
_PLANNING = frozenset(
    """
    announced proposed agreed offered promised confirmed planned scheduled invited called urged asked wanted expected
    hoped vowed pledged threatened decided demanded requested suggested
    """.split()  # noqa: SIM905
)
"""Verbs in the past whose object may still be to come ("he announced a meeting on Thursday")."""
_IRREGULAR = frozenset(
    """
    said told met held took made went came began gave spoke saw found left led sent won lost kept brought thought became
    stood struck fell rose wrote ran broke drew drove flew grew knew paid sold spent built bought caught fought sought
    taught felt dealt heard swore threw wore understood withdrew forbade sank shook stole chose ate sat hit quit shot
    """.split()  # noqa: SIM905
)
_NO_VERB = frozenset(
    "need indeed exceed proceed succeed feed seed speed breed bleed hundred red bed sacred naked".split()  # noqa: SIM905
)
_FUTURE = frozenset({"will", "shall", "won’t", "won't"})
_PAST = frozenset({"was", "were", "had", "did", "has", "have", "wasn’t", "weren’t", "didn’t", "hadn’t"})
_OPEN = frozenset(
    {"is", "are", "do", "does", "would", "could", "should", "may", "might", "must", "can", "cannot", "be"}
)


@dataclass(frozen=True, slots=True)
class _Verb:
    """A verb with its auxiliaries at characters [start, end); `planning` may look ahead though it is past."""

    start: int
    end: int
    tense: Tense | None
    infinitive: bool = False
    planning: bool = False


def tense(text: str, start: int, end: int) -> Tense | None:
    """What the words around characters [start, end) tell of."""
    plain = blotted(text)
    first, last = _sentence(plain, start, end)
    verbs = _verbs(plain[:last], first)
    before = next((verb for verb in reversed(verbs) if verb.end <= start), None)
    after = next((verb for verb in verbs if verb.start >= end and not verb.infinitive), None)
    if after and not _within_reach(plain, first, start, end, after):
        after = None
    if after and _words_between(plain, end, after.start) <= 1 and "," not in plain[end : after.start]:
        return after.tense
    found = _governing(plain, before, after, start, end)
    lead = plain[max(first, start - _REACH) : start]
    if (_LOOKS_AHEAD.search(lead) and found == "past") or (_LOOKS_BACK.search(lead) and found == "future"):
        return None
    return found


@lru_cache(maxsize=2_000)
def blotted(text: str) -> str:
    """The text with what stands in quotation marks blotted out, each character in its place."""
    return _SPEECH.sub(lambda match: "·" * len(match[0]), text)


def _governing(plain: str, before: _Verb | None, after: _Verb | None, start: int, end: int) -> Tense | None:
    """The tense of the verb that the word belongs to: of two that differ, the one right before it."""
    possessive = plain[end - 2 : end] in ("’s", "'s")
    if after and (possessive or before is None):
        return after.tense
    if before is None:
        return None
    close = all(word[0].lower() in _LOOSE for word in _WORD.finditer(plain, before.end, start))
    if close:
        return before.tense
    if before.planning or (after and after.tense != before.tense):
        return None
    return before.tense


def _within_reach(plain: str, first: int, start: int, end: int, verb: _Verb) -> bool:
    """Whether a verb after the word may be its own: in its clause, or after what the sentence opens with."""
    between = plain[end : verb.start]
    if _BREAK.search(between):
        return False
    if "," not in between or _FRONTED.match(plain[first:start]):
        return True
    return "," in plain[first:start] and between.count(",") == 1 and between.rstrip().endswith(",")


def _sentence(plain: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence around the word begins and ends, without a closing "he said"."""
    first = max(0, start - _FARTHEST)
    for stop in _SENTENCE_END.finditer(plain, first, start):
        first = stop.end()
    stop_after = _SENTENCE_END.search(plain, end, end + _FARTHEST)
    last = stop_after.start() if stop_after else min(len(plain), end + _FARTHEST)
    said = _ATTRIBUTION.search(plain, end, last)
    return first, said.start() if said else last


def _words_between(plain: str, start: int, end: int) -> int:
    return sum(1 for _ in islice(_WORD.finditer(plain, start, end), 3))


def _verbs(plain: str, first: int) -> list[_Verb]:
    """The verbs of a sentence that tell a time, in order."""
    words = list(_WORD.finditer(plain, first))
    found = []
    at = 0
    while at < len(words):
        verb, at = _verb(words, at)
        if verb:
            found.append(verb)
    return found


def _verb(words: Sequence[re.Match[str]], at: int) -> tuple[_Verb | None, int]:
    """The verb that begins with word `at`, if one does, and the word that comes after it."""
    printed = words[at][0]
    word = printed.lower()
    start = words[at].start()
    if word in _FUTURE or word.endswith(("’ll", "'ll")):
        return _group(words, at, "future")
    if word in _PAST:
        return _group(words, at, "past")
    if word in _OPEN:
        return _group(words, at, None)
    if word == "to":
        hoped = at > 0 and words[at - 1][0].lower() in _HOPES
        last = min(at + 1, len(words) - 1)
        return _Verb(start, words[last].end(), "future" if hoped else None, infinitive=True), last + 1
    before = words[at - 1][0].lower() if at else ""
    ends = word.endswith("ed") and len(word) > 3 and word not in _NO_VERB and "-" not in word
    if word in _IRREGULAR or (ends and before not in _DETERMINERS and (printed.islower() or at == 0)):
        return _Verb(start, words[at].end(), "past", planning=word in _PLANNING), at + 1
    return None, at + 1


def _group(words: Sequence[re.Match[str]], at: int, tense: Tense | None) -> tuple[_Verb, int]:
    """An auxiliary with its verb; "is due to meet" looks ahead, "was due to meet" tells nothing for sure."""
    aux = words[at][0].lower()
    last = at
    while last + 1 < len(words) and (
        (word := words[last + 1][0].lower()) in _BETWEEN
        or word.endswith("ly")
        or (word in _FORWARD and aux not in _FUTURE)
    ):
        last += 1
        if word in _FORWARD:
            tense = "future" if aux in ("is", "are") else None
    last = min(last + 1, len(words) - 1)
    return _Verb(words[at].start(), words[last].end(), tense), last + 1
