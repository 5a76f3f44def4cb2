"""Text in, tokens and index terms out; the same for articles and for questions.

A token keeps its place in the text, so that what is matched on a normalised copy can be shown as printed. Its term is
what the index knows: lower case, no accents, spelling variants made one (`data/variants.toml`), stemmed by Snowball's
English stemmer, `y` read as `i` (so that Zelensky, Zelenskyy and Zelenski are one name). What may stand for a term
besides is in `data/related.txt`.

No token reaches over white space, and what lies between two stretches of it, a piece, is nearly always read alike: so
it is read once and remembered. Only where what stands beside a piece may matter, the text is read word by word.
"""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

import Stemmer

VARIANTS_FILE = Path(__file__).with_name("data") / "variants.toml"
RELATED_FILE = VARIANTS_FILE.with_name("related.txt")

_ACCENT = "\u0300-\u036f"
_JOINER = "\u00ad\u200c\u200d\u2060"  # a soft hyphen, and what keeps letters together
_TOKEN = re.compile(
    r"(?=[\w$€£¥%])(?:(?=\d)(?:"  # the looks ahead change nothing, and halve the time
    r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+\.\d+|\d+(?=(?i:bn|tn|mn?)\b))|"  # 12,500, 1.5, the 500 of 500bn
    r"(?=.\.)(?:[^\W\d_]\.)+[^\W\d_](?![^\W_])\.?|"  # U.S., U.S
    rf"[^\W_]+(?:[{_ACCENT}{_JOINER}]+[^\W_]+)*[{_ACCENT}]*|[$€£¥%])"
)
_GLUED = re.compile(r"(?<=[a-z]{4})(?=[A-Z][a-z]{2})")
_SYMBOLS = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "%": "percent"}
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)$")
_WITHOUT_ACCENT = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "þ": "th", "æ": "ae", "œ": "oe"})
"""Letters that Unicode does not take for another with an accent."""
_INVISIBLE = frozenset({"Mn", "Cf", "Zs"})
"""Categories of what is left of accents, joiners and some Arabic forms."""

_ISE = re.compile(r"(?<=\w{3})([iy])s(?=(?:e|es|er|ers|ed|ing|ations?)$)")
_OUR = re.compile(r"(?<=\w{2})our(?=(?:s|ed|ing|able|al|ite|ites)?$)")
"""Where British spelling is not American; words that only look it change too, everywhere alike."""

_BEFORE_PRONOUN = frozenset(
    {"tell", "tells", "told", "give", "gives", "gave", "let", "help", "show", "make", "remind", "ask"}
)
_BESIDE_OTHERS = frozenset({"us", "called", "won", "t"})
"""What makes a word mean another, or nothing, beside some others."""
_DEPENDS = re.compile(r"(?<![^\W\d_])(?:[uU]s|(?i:so[\W_]*\s[\W_]*called|won[\W_]*\s[\W_]*t))(?![^\W_])")
"""Where such a word may be another, or nothing, in spite of how its piece is read."""
FUNCTION_WORDS = frozenset(
    """
    a an the and or but nor if then than so as at by for from in into of off on onto out over to up with within
    without about above after again against all also am any are aren because been before being below between
    both be can cannot could couldn did didn do does doesn doing don down during each either few further had
    hadn has hasn have haven having he her here hers herself him himself his how i is isn it its itself just ll
    me more most my myself no not now once only other our ours ourselves own re s same she should shouldn some
    such t that their theirs them themselves there these they this those through too under until us ve very was
    wasn we were weren what when where which while who whom whose why will would wouldn you your yours
    yourself yourselves d m o upon per via yet may might must shall one though since
    aint arent cant couldnt didnt doesnt dont hadnt hasnt havent isnt shouldnt wasnt werent wont wouldnt
    hes shes im ive thats theres theyre theyve weve youre youve hows whats whens wheres whos whys
    """.split()  # noqa: SIM905 -- a list of words reads better as prose
)

_PRONOUN = ("us", "Us")  # as printed, what may be the country or not
_MARKS = ".,;:!?…\"'“”„‘’«»()[]–—-"  # at the ends of a piece they change nothing of its terms
_UNSURE = "\0"  # stands for the terms of a piece that are others beside other words

_new = tuple.__new__
Value = TypeVar("Value")


class Token(NamedTuple):
    """A word at characters [start, end) of its text; `term` is empty for a function word.

    A tuple, since it is made in a third of a dataclass's time, and by `_new` in a sixth.
    """

    start: int
    end: int
    word: str
    term: str


class Remembered(dict[str, Value], Generic[Value]):
    """What was made of each key, until there are too many: to forget all at once costs less than to keep an order."""

    def __init__(self, make: Callable[[str], Value], most: int) -> None:
        self._make, self._most = make, most

    def __missing__(self, key: str) -> Value:
        made = self._make(key)
        if len(key) <= 40:  # a longer one is rare, and may be of any length
            if len(self) >= self._most:
                self.clear()
            self[key] = made
        return made


@lru_cache(maxsize=2_000)
def tokens(text: str) -> tuple[Token, ...]:
    """The words of `text` in order, function words included; a word cut into its glued parts comes before them.

    Remembered, since a question is read several times over.
    """
    return tuple(_tokens(text, text.isupper()))


def terms(text: str) -> list[str]:
    """The index terms of `text` in order, function words left out, each known phrase after its first word.

    They are those of its tokens `with_phrases`, at a tenth of the cost.
    """
    found = list(filter(None, map(_pieces.__getitem__, text.split())))
    known = " ".join(found)
    if (shouted := text.isupper()) or _UNSURE in known:
        found = [token.term for token in _tokens(text, shouted) if token.term]
    elif known.count(" ") >= len(found):  # a piece has several
        found = known.split()
    if not _phrase_terms().keys().isdisjoint(found):
        add_phrases(found)
    return found


def add_phrases(found: list[str]) -> list[str]:
    """Put the term of each known phrase after the first of its terms; returns what was put there."""
    phrases = sorted(_phrases(found), reverse=True)
    for first, _, term in phrases:
        found.insert(first + 1, term)
    return [term for _, _, term in phrases]


def piece_tokens(piece: str) -> Sequence[Token]:
    """The tokens of what stands between two spaces, unless what stands beside it makes others of them."""
    core = piece.strip(_MARKS)
    word = core.lower()
    if _is_plain(core, word):
        start = piece.index(core)
        return (_new(Token, (start, start + len(core), word, term_of(word))),)
    return _tokens(piece, shouted=False)


def stands_alone(piece: str, token: Token) -> bool:
    """Whether a token of a piece is the same whatever stands beside that, and begins no known phrase."""
    printed = piece[token.start : token.end]
    return token.word not in _BESIDE_OTHERS and printed not in _PRONOUN and token.term not in _phrase_terms()


def depends(text: str) -> bool:
    """Whether some word of a text may be another, or nothing, for what stands beside it."""
    return text.isupper() or _DEPENDS.search(text) is not None


def with_phrases(found: Sequence[Token]) -> list[Token]:
    """The tokens that have a term, with one more for each known phrase over all its words, after the first of them."""
    content = [token for token in found if token.term]
    phrases = sorted(_phrases([token.term for token in content]), reverse=True)
    extra = [(first, Token(content[first].start, content[last].end, term, term)) for first, last, term in phrases]
    for first, phrase in extra:
        content.insert(first + 1, phrase)
    return content


def normalise(word: str) -> str:
    """`word` in lower case, without accents and compatibility forms."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word).casefold().translate(_WITHOUT_ACCENT)
    return "".join(char for char in decomposed if unicodedata.category(char) not in _INVISIBLE)


@lru_cache(maxsize=10_000)
def term_of(word: str) -> str:
    """The index term of a normalised word; empty for a function word."""
    if word in FUNCTION_WORDS:
        return ""
    known = variants()
    word = known.get(word) or (known.get(word[:-1]) if word.endswith("s") else None) or word
    stem: str = _stemmer().stemWord(_american(word))
    return stem.replace("y", "i").replace("ii", "i") if len(stem) > 2 else stem


def related(term: str) -> Mapping[str, float]:
    """Other terms that may stand for `term`, each with a weight below 1."""
    return _related().get(term, {})


def related_words() -> Iterator[tuple[str, str]]:
    """The pairs of words of `data/related.txt`, as written: of a line "a: b c" a with each, else each with each."""
    for line in RELATED_FILE.read_text(encoding="utf-8").splitlines():
        first, colon, others = line.partition("#")[0].partition(":")
        yield from ((first, other) for other in others.split()) if colon else combinations(first.split(), 2)


@cache
def variants() -> dict[str, str]:
    """Words and the words that they are read as, as they stand before stemming."""
    return {
        normalise(variant): normalise(word)
        for table in ("names", "countries", "words")
        for word, variants in _data()[table].items()
        for variant in variants
        if " " not in variant
    }


@cache
def name_variants() -> dict[str, str]:
    """Spellings of names, of several words, too, and the names that they are read as."""
    return {normalise(variant): name for name, variants in _data()["names"].items() for variant in variants}


def is_nationality(term: str) -> bool:
    """Whether `term` is a country, or what comes from it."""
    return term in _nationalities()


def _tokens(text: str, shouted: bool) -> list[Token]:
    found: list[Token] = []
    all_printed = _TOKEN.findall(text)
    before, end = "", 0
    for at, printed in enumerate(all_printed):
        start = text.index(printed, end)  # what stands between two holds no character of a token
        end = start + len(printed)
        word, term, parts = _readings[printed]
        if word in _BESIDE_OTHERS:
            after = all_printed[at + 1] if at + 1 < len(all_printed) else ""
            if word == "us" and _is_country(printed, before, after, shouted):
                word, term = "usa", term_of("usa")
            elif (before, word) == ("so", "called") or (word, after) == ("won", "t"):
                term = ""
        if word:
            found.append(_new(Token, (start, end, word, term)))
            for left, right, part in parts:
                found.append(Token(start + left, start + right, part, term_of(part)))
        before = word
    return found


def _printed(printed: str) -> tuple[str, str, Sequence[tuple[int, int, str]]]:
    """The word that is printed so, its term, and the parts of words glued together in it ("MinisterGeorgia")."""
    word = _SYMBOLS.get(printed) or normalise(printed)
    word = _ORDINAL.sub("", word.replace(",", "")) if word[:1].isdigit() else word.replace(".", "")
    cuts = [cut.start() for cut in _GLUED.finditer(printed)]
    bounds = [0, *cuts, len(printed)] if cuts else ()
    return (
        word,
        term_of(word),
        tuple([(left, right, normalise(printed[left:right])) for left, right in pairwise(bounds)]),
    )


def _is_plain(piece: str, word: str) -> bool:
    """Whether a piece is one token and no more, `word`, whatever stands beside it."""
    return piece.isascii() and piece.isalpha() and (piece == word or piece.istitle()) and word not in _BESIDE_OTHERS


def _terms_of(piece: str) -> str:
    """The terms of a piece, joined by spaces."""
    word = piece.lower()
    if _is_plain(piece, word):
        return term_of(word)  # most are no more than that
    core = piece.strip(_MARKS)
    if core != piece:
        return _pieces[core]
    found = _tokens(piece, shouted=False)
    first = found[0].word if found else ""
    if first in ("called", "t") or any(piece[token.start : token.end] in _PRONOUN for token in found):
        return _UNSURE
    return " ".join([token.term for token in found if token.term])


_pieces = Remembered(_terms_of, most=20_000)  # 160 bytes each: 3 MB
_readings = Remembered(_printed, most=5_000)  # 250 bytes each


def _american(word: str) -> str:
    """A word in American spelling."""
    if "is" in word or "ys" in word:  # the expressions take ten times as long as these looks
        word = _ISE.sub(r"\1z", word)
    return _OUR.sub("or", word) if "our" in word else word


def _is_country(printed: str, before: str, after: str, shouted: bool) -> bool:
    """Whether "us" is the country: by its capitals, its article, or because a pronoun would not stand there."""
    capitals = printed not in _PRONOUN
    if before in _BEFORE_PRONOUN:
        return capitals and not shouted
    return capitals or before == "the" or bool(term_of(normalise(after)))


def _phrases(found: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Known phrases among the terms: first and last position, and the term they stand for."""
    starts = _phrase_terms()
    for first, term in enumerate(found):
        for rest, meaning in starts.get(term, ()):
            if tuple(found[first + 1 : first + 1 + len(rest)]) == rest:
                yield first, first + len(rest), meaning


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english", 0)  # it need not remember too, which takes longer than stemming


@cache
def _data() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(VARIANTS_FILE.read_text(encoding="utf-8"))


@cache
def _phrase_terms() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """First term of a phrase -> (its other terms, the term that the phrase stands for)."""
    starts: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for table in ("names", "countries", "words"):
        for word, variants in _data()[table].items():
            for variant in variants:
                if " " in variant:
                    first, *rest = [token.term for token in _tokens(variant, shouted=False) if token.term]
                    starts.setdefault(first, []).append((tuple(rest), term_of(normalise(word))))
    return starts


@cache
def _nationalities() -> frozenset[str]:
    return frozenset(term_of(normalise(country)) for country in _data()["countries"])


@cache
def _related() -> dict[str, dict[str, float]]:
    table: dict[str, dict[str, float]] = defaultdict(dict)
    for one, other in related_words():
        first, second = term_of(one), term_of(other)
        table[first][second] = table[second][first] = RELATED_WEIGHT
    return table


RELATED_WEIGHT = 0.5
"""How much a related term counts against the term itself."""
