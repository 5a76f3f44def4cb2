"""Who says something, or takes a view, in a sentence: its words and the speaker's terms in, a share from 0 to 1 out."""

from collections.abc import Iterable, Sequence

from retrieval.analysis import is_nationality
from retrieval.clauses import PRONOUNS, Subject
from retrieval.lexicon import terms, words
from retrieval.reading import Word, read
from retrieval.subjects import sayings, stances

Terms = frozenset[str]

_HALF = 0.5


def said(sentence: str, speakers: Terms, before: str = "") -> float:
    """How surely a sentence says what the speaker said: 1 as the subject of a verb of saying, 0 when merely mentioned.

    A pronoun that may stand for the speaker, named earlier or in the sentence `before`, counts half, and so does what
    belongs to a country or an institution ("Russia’s envoy").
    """
    return _best(sayings(sentence), sentence, speakers, before) if speakers else 0.0


def position(sentence: str, holders: Terms, before: str = "") -> float:
    """How surely a sentence says what view somebody holds: they speak, back, reject, fear it and the like."""
    return _best((*sayings(sentence), *stances(sentence)), sentence, holders, before) if holders else 0.0


def _best(subjects: Iterable[Subject], sentence: str, speakers: Terms, before: str) -> float:
    return max((_share(subject, sentence, speakers, before) for subject in subjects), default=0.0)


def _share(subject: Subject, sentence: str, speakers: Terms, before: str) -> float:
    """How much of the speaker a subject is."""
    head = subject.head
    if len(head) == 1 and head[0].word in PRONOUNS:
        earlier = (*read(before), *read(sentence)[: subject.at])
        return _HALF * _named(earlier, (), speakers)
    return _named(head, subject.of, speakers)


def _named(head: Sequence[Word], of: Sequence[Word], speakers: Terms) -> float:
    held, owning = set[str](), set[str]()
    for at, word in enumerate(head):
        if matched := word.terms & speakers:
            (owning if _only_owns(head, at) else held).update(matched)
    titles = {term for term in speakers if is_nationality(term) or term in terms("roles", "office_words", "titles")}
    names = speakers - titles
    if not held:
        return _HALF if owning and any(map(_is_institution, owning)) and owning >= speakers else 0.0
    held |= owning
    held |= {term for word in of for term in word.terms & speakers}
    if names:
        if not names & held:
            return float(len(titles) > 1 and titles <= held and any(map(is_nationality, titles)))
        loose = not titles <= held and any(map(_is_institution, names & held))
        return _HALF if loose else float(_is_whole((*head, *of), names))
    return float(titles <= held)


def _only_owns(head: Sequence[Word], at: int) -> bool:
    """Whether a word only says whose the subject is: "Berg’s spokesman", "Berg adviser Ann Lind"."""
    word, after = head[at], head[at + 1] if at + 1 < len(head) else None
    if word.owner:
        return True
    return (
        after is not None
        and word.capital
        and not after.capital
        and after.word in words("roles", "kin")
        and not any(is_nationality(term) or term in terms("roles") for term in word.terms)
    )


def _is_institution(term: str) -> bool:
    return is_nationality(term) or term in terms("organisation_heads", "places")


def _is_whole(head: Sequence[Word], names: Terms) -> bool:
    """Whether the last name is the speaker's, and not only the first name of somebody else."""
    for at, word in enumerate(head):
        if word.terms & names:
            after = head[at + 1] if at + 1 < len(head) else None
            if (
                after is None
                or not after.capital
                or after.gap != " "
                or after.terms & names
                or (at and not word.capital)
            ):
                return True
            if word.word not in words("first_names"):
                return True
    return False
