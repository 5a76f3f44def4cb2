"""A text in; its blocks out: what is title, heading and paragraph, and what only stands around the article.

Everything is judged by its form and its place. A line between paragraphs that ends without a stop is a subhead when it
is short, and a headline of another article when it is longer or holds a colon. What follows a comment form is not the
article's.
"""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Literal

from retrieval import frontmatter
from retrieval.models import Block, BlockKind
from retrieval.stretches import Stretch, stretches

Form = Literal["furniture", "comments", "heading", "short", "headline", "question", "paragraph"]

_LINE, _TITLE, _HEADLINE, _SUBHEAD = 200, 160, 130, 60
"""Most characters of a line of furniture, a title, a headline, a subhead."""
_TITLE_WORDS, _HEADLINE_WORDS, _SUBHEAD_WORDS, _MENU_LINES = 25, 20, 8, 3

_CANDIDATES = frozenset({"short", "headline", "question"})
_COMMENTS = re.compile(
    r"(?:no|\d+)\s+(?:comments?|repl(?:y|ies)|responses?)\s*:?"
    r"|(?:post|leave|add|write|submit|join)\s+(?:a|an|your|the)\s+(?:comment|reply|response|discussion|conversation)\b.{0,30}"
    r"|comments?\s*(?:\(\d+\))?\s*:?",
    re.IGNORECASE,
)
_COUNTER = re.compile(
    r"\d{1,2}[./]\d{1,2}[./]\d{2,4},?\s?\d{1,2}:\d{2}(?:\s?[•·|–-]\s?\d[\d,.\s]{0,12}views?)?$"
    r"|(?:^|[•·|]\s?)\d[\d,.\s]{0,12}views?$",
    re.IGNORECASE,
)
_LINKS = re.compile(r"(?:!?\[[^\]]*\]\([^)\s]*(?:\s[^)]*)?\)|https?://\S+(?!\S)|<[^<>]*>|[\s|•·,–-])+")
_AROUND = re.compile(
    r"(?:article|story|text|words|written|report(?:ed|ing)|edit(?:ed|ing)|photo(?:graph)?s?|pictures?|video|translated|compiled)"
    r"\s+by\b[^.!?]*$"
    r"|(?:by|author|source|photos?|images?|pictures?|videos?|caption|credits?|illustration)\s*:"
    r"|(?:read(?: more| also| next)?|(?:also|most) read|see also|related(?: \w+)?)\s*:"
    r"|more (?:on|from|about)\b[^:]{0,40}:"
    r"|(?:sign up|subscribe|follow us|share this|support us)\b|(?:advertisement|sponsored)\b[^.!?]*$"
    r"|\d+\s+min(?:ute)?s?\s+read$"
    r"|©|(?:\(c\)|copyright)\s+(?:©|\d{4})",
    re.IGNORECASE,
)
_RIGHTS = re.compile(r".{0,80}\ball rights reserved", re.IGNORECASE)
_POINTS_AWAY = re.compile(
    r"\bas\s+(?:\w+\s+){0,3}(?:explained|reported|described|detailed|told|analy[sz]ed)\s+(?:\w+\s+){0,2}here\b"
    r"|\b(?:click|tap|read\s+more|read\s+it)\s+here\b",
    re.IGNORECASE,
)
_INNER_STOP = re.compile(  # "St. " and "U.S. " end nothing
    r"[.…!?](?:(?<=[!?])|(?<=[^\W\d_]{3}[.…]))[\"'”’»)]*\s"
)
_TELLS = re.compile(r"\b(?:said|told|added|was|were|had|would)\b")
_BAR, _BARS = re.compile("[|•·›»]"), re.compile(r"\s[|•·›»]\s")
_PUNCTUATION = re.compile(r"[.,;:!?…]")
_SITE_WORDS = re.compile(
    r"\b(?:M(?:enu|ENU)|S(?:ign|IGN) (?:[Ii]n|IN|[Uu]p|UP)|L(?:og|OG) (?:[Ii]n|IN)|Register|Subscribe|SUBSCRIBE|Search"
    r"|D(?:onate|ONATE)|Skip to|Contact [Uu]s|About [Uu]s|Privacy Policy|Terms of)\b"
)


def blocks(text: str, start: int = 0) -> tuple[Block, ...]:
    """What stands in `text` from `start` on, in order; only white space and Markdown marks lie between the blocks."""
    header = frontmatter.header(text, start)
    found = stretches(text, header.end if header else start)
    head = [Block("metadata", header)] if header else []
    kinds = _kinds(found, _forms(found))
    return (*head, *(Block(kind, stretch.span) for kind, stretch in zip(kinds, found, strict=True)))


def _forms(found: Sequence[Stretch]) -> list[Form]:
    """What each stretch looks like, a menu by its entries; where stops are hardly used, a missing one says nothing."""
    forms = [_form(stretch) for stretch in found]
    for is_entry, run in groupby(range(len(forms)), key=lambda i: forms[i] == "short" and found[i].text.count(" ") < 2):
        indices = list(run)
        is_list = indices[0] > 0 and found[indices[0] - 1].text.endswith(":")
        if is_entry and len(indices) >= _MENU_LINES and not is_list:
            forms[indices[0] : indices[-1] + 1] = ["furniture"] * len(indices)
    if forms.count("headline") > 3 * forms.count("paragraph"):
        return ["paragraph" if form == "headline" else form for form in forms]
    return forms


def _form(stretch: Stretch) -> Form:
    text, stopped = stretch.text, stretch.is_stopped
    if len(text) > _LINE and stopped and not text.endswith(("…", "...")):
        return "paragraph"
    if _COMMENTS.fullmatch(text):
        return "comments"
    if _is_furniture(stretch) or _is_navigation(text):
        return "furniture"
    if stretch.mark.startswith("#"):
        return "heading"
    if stretch.mark or text[-1] in ":,;":
        return "paragraph"
    return _form_of_stopped(text) if stopped else _form_of_stopless(text)


def _form_of_stopped(text: str) -> Form:
    asks = text.endswith("?") and text[0].isupper() and len(text) <= _SUBHEAD and not _INNER_STOP.search(text)
    return "question" if asks else "paragraph"


def _form_of_stopless(text: str) -> Form:
    words = len(text.split(maxsplit=_HEADLINE_WORDS + 1))
    if len(text) > _HEADLINE or words > _HEADLINE_WORDS or _INNER_STOP.search(text):
        return "paragraph"
    if words <= _SUBHEAD_WORDS and len(text) <= _SUBHEAD and ": " not in text:
        return "short"
    return "paragraph" if _TELLS.search(text) else "headline"


def _is_furniture(stretch: Stretch) -> bool:
    text = stretch.text
    if stretch.is_rule or (text[-1].isalnum() and _COUNTER.search(text[-80:])) or _LINKS.fullmatch(text):
        return True
    if len(text) > _LINE:
        return False
    lower = text.lower()  # to look for a word in it takes a tenth of the time of an expression that needs it
    if "here" in lower and _POINTS_AWAY.search(text) and not _INNER_STOP.search(text):
        return True
    return bool(_AROUND.match(text) or ("all r" in lower and _RIGHTS.match(text)) or _is_byline(text))


def _is_byline(text: str) -> bool:
    if not text.startswith(("By", "BY")):
        return False
    first, *names = text.split()
    return first in ("By", "BY") and 0 < len(names) <= 8 and all(name[0].isupper() or name == "and" for name in names)


def _is_navigation(text: str) -> bool:
    """Fragments without a sentence: entries of a menu, set apart by bars or by nothing at all."""
    shown = text[:2000]
    parts = _BARS.split(shown) if _BAR.search(shown) else []
    if len(parts) > 2:
        return all(len(part.split()) <= 4 for part in parts)
    shown, dots, _ = shown.partition("...")
    if _PUNCTUATION.search(shown):
        return False
    words = shown.split()
    if len(_SITE_WORDS.findall(shown)) > 1:
        return True
    is_cut = bool(dots) and len(words) > _TITLE_WORDS
    return is_cut and sum(word[0].isupper() for word in words) * 5 >= len(words) * 2


def _kinds(found: Sequence[Stretch], forms: Sequence[Form]) -> list[BlockKind]:
    """Read the stretches in order: head, title, text, and after a comment form nothing of the article any more."""
    kinds: list[BlockKind | None] = []
    body = next((i for i in reversed(range(len(forms))) if forms[i] not in ("furniture", "comments")), -1)
    seen, closed, titled = False, False, False
    for number, (stretch, form) in enumerate(zip(found, forms, strict=True)):
        closed = closed or (seen and form == "comments")
        if closed or form in ("furniture", "comments"):
            kinds.append("furniture")
        elif not seen and (frontmatter.head_date(stretch.text) or frontmatter.head_source(stretch.text)):
            kinds.append("metadata")
        elif not seen and not titled and number < body and _is_title(stretch, form):
            kinds.append("title")
            titled = True
        elif form in _CANDIDATES:
            kinds.append(None)
        else:
            seen = seen or form == "paragraph"
            kinds.append("heading" if form == "heading" else "paragraph")
    return _settled(found, forms, kinds)


def _is_title(stretch: Stretch, form: Form) -> bool:
    """Whether a line before all paragraphs can be the headline: it may ask or exclaim, but does not tell."""
    text = stretch.text
    if form != "paragraph":
        return True
    if stretch.mark or len(text) > _TITLE or len(text.split()) > _TITLE_WORDS or text[-1] in ":,;":
        return False
    return not _INNER_STOP.search(text) and (not stretch.is_stopped or text.endswith(("?", "!")))


def _settled(found: Sequence[Stretch], forms: Sequence[Form], kinds: Sequence[BlockKind | None]) -> list[BlockKind]:
    """Decide what the lines without a stop are, run by run, from what stands around them."""
    settled = [kind for kind in kinds if kind]
    if len(settled) == len(kinds):
        return settled
    settled = []
    following = _following(kinds)
    is_head = True
    for is_open, run in groupby(range(len(kinds)), key=lambda i: kinds[i] is None):
        indices = list(run)
        if not is_open:
            settled += [kind for i in indices if (kind := kinds[i])]
            is_head = is_head and "paragraph" not in settled[-len(indices) :]
            continue
        lists = settled[-1:] == ["paragraph"] and found[indices[0] - 1].text.endswith(":")
        is_menu = len(indices) >= _MENU_LINES
        for i in indices:
            if lists:
                settled.append("paragraph")
            elif following[i] and not is_menu and _is_subhead(found[i], forms[i], is_head):
                settled.append("heading")
            else:
                settled.append("furniture")
    if is_head:
        return ["paragraph" if kind is None else done for kind, done in zip(kinds, settled, strict=True)]
    return settled


def _following(kinds: Sequence[BlockKind | None]) -> list[bool]:
    """For each stretch, whether text of the article comes after it."""
    found, more = [], False
    for kind in reversed(kinds):
        found.append(more)
        more = more or kind == "paragraph"
    return found[::-1]


def _is_subhead(stretch: Stretch, form: Form, is_head: bool) -> bool:
    if form == "headline":
        return is_head
    return " " in stretch.text
