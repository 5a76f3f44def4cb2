"""What flows through the rooms: plain frozen values, from a file on disk to an answer.

All offsets are character offsets into `Article.text`, the decoded text of the file with its newlines untranslated.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

DateSource = Literal["stated", "catalog", "inferred", "unknown"]
TitleSource = Literal["stated", "catalog", "unknown"]
BlockKind = Literal["metadata", "title", "heading", "paragraph", "furniture"]
IndexKind = Literal["auto", "memory", "disk", "cluster"]
Status = Literal["answered", "not_found", "smalltalk"]
LeftOutReason = Literal[
    "suffix",
    "empty",
    "too_large",
    "binary",
    "unreadable",
    "outside",
    "copy",
    "front_matter",
    "no_text",
    "no_article",
    "no_layer",
    "password",
    "broken_off",
    "not_utf8",
    "not_lines",
    "not_json",
    "field",
    "id_twice",
]


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """Where a cluster is, who asks, and how its index is laid out.

    `urls` are the addresses of all its nodes. Of `user` with `password` and `token` one may be given; `ca_file` holds
    the certificates to trust besides the usual ones. `timeout` is how many seconds one node has for an answer,
    `patience` all of them together, `feeding_patience` all of them to take what is fed. What is fed travels in
    requests of about `chunk` bytes, `in_flight` at a time. Articles of `remembered` characters are kept at hand.
    """

    urls: tuple[str, ...] = ("http://localhost:9200",)
    index: str = "dateline"
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    ca_file: Path | None = None
    shards: int = 3
    replicas: int = 1
    k1: float = 0.6
    b: float = 0.75
    timeout: float = 5.0
    patience: float = 10.0
    feeding_patience: float = 120.0
    chunk: int = 1_000_000
    in_flight: int = 4
    remembered: int = 30_000_000

    @property
    def address(self) -> str:
        """The addresses without what is secret in them, for messages."""
        return ", ".join(_without_user(url) for url in self.urls)


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What the engine needs to know.

    `data_dir=None` keeps the cache in memory; `weights` is another file of fitted weights than the one it ships with.
    `index` is where the index is, decided by the number of passages for `auto`, and `cluster` is which one. On disk
    `k1` and `b` do not count: tantivy has its own.
    """

    corpus: Path
    data_dir: Path | None = None
    k1: float = 0.6
    b: float = 0.75
    threshold: float = 0.2
    weights: Path | None = None
    index: IndexKind = "auto"
    cluster: ClusterSettings | None = None


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters [start, end) of an article's text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters of `text` that this span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: "Span") -> bool:
        """Whether the two share at least one character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is not served, and why; `detail` is the reason's fact (a suffix, a path, a key).

    `path` is the file's id, with `:` and the number of the line for a line of an archive.
    """

    path: str
    reason: LeftOutReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """An article as read: its id, its text, the encoding it was in, and what is stated beside the text.

    The id is the POSIX path of its file in the corpus; in an archive of many articles that path, `#` and the article's
    own id, or the number of its line. `extra` is a JSON object of the fields that an archive has and nobody asks for.
    `line` is where it stands in an archive, counted from 1; 0 for a file that is one article.
    """

    id: str
    text: str
    encoding: str = "utf-8"
    title: str = ""
    date: dt.date | None = None
    source: str = ""
    url: str = ""
    extra: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """What `catalog.toml` says about one article; `known` is how its date is known, `evidence` the reason."""

    title: str = ""
    source: str = ""
    url: str = ""
    date: dt.date | None = None
    known: Literal["catalog", "inferred"] = "catalog"
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One stretch of an article's text and what it is."""

    kind: BlockKind
    span: Span


@dataclass(frozen=True, slots=True)
class Article:
    """One article: what is known about it, its text as read, and which parts of the text are what.

    `language` is the ISO 639-1 code of what it is written in.
    """

    id: str
    title: str
    title_source: TitleSource
    date: dt.date | None
    date_source: DateSource
    source: str
    url: str
    text: str = field(repr=False)
    blocks: Sequence[Block] = field(repr=False, default=())
    encoding: str = "utf-8"
    evidence: str = ""
    extra: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, its characters as printed, and, where it was just cut, its index terms in order."""

    span: Span
    text: str
    terms: tuple[str, ...] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Passage:
    """About 3 to 6 sentences in a row of one article, never across a subhead; `heading` is the subhead above."""

    article_id: str
    number: int
    span: Span
    sentences: tuple[Sentence, ...]
    heading: str = ""


AnswerKind = Literal[
    "person",
    "place",
    "organisation",
    "time",
    "duration",
    "age",
    "count",
    "amount",
    "money",
    "share",
    "measure",
    "reason",
    "role",
    "statement",
    "yes_no",
    "thing",
]
Smalltalk = Literal["greeting", "thanks", "farewell", "identity"]


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days from `first` to `last`, both included."""

    first: dt.date
    last: dt.date

    def holds(self, day: dt.date) -> bool:
        """Whether `day` lies in the range."""
        return self.first <= day <= self.last

    @property
    def closed(self) -> bool:
        """Whether both ends were meant, and none is just the end of the calendar."""
        return self.first > dt.date.min and self.last < dt.date.max


@dataclass(frozen=True, slots=True)
class QuestionTerm:
    """A word of a question: its index term, as typed, how much it counts (1 in full), and what may stand for it.

    `dated` marks the words of a date, which a sentence of the right day holds without saying them.
    """

    term: str
    word: str
    weight: float = 1.0
    name: bool = False
    dated: bool = False
    related: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A message understood: what to look for, and what kind of answer it expects.

    `dates` bounds what the answer may speak of; `stated` says that the message names these days in full, `event` is
    what they were worked out from otherwise ("before the vote"). `latest` wants the newest. `carried` are the terms
    taken over from the turn before, `about` the same in words, and `near` where that turn was answered. `corrections`
    are the words read otherwise than typed, as (typed, read) pairs; `language` is the one that it was read as.
    """

    text: str
    terms: tuple[QuestionTerm, ...] = ()
    kind: AnswerKind = "thing"
    dates: DateRange | None = None
    stated: bool = False
    event: str = ""
    latest: bool = False
    carried: tuple[QuestionTerm, ...] = ()
    about: str = ""
    near: tuple[str, Span] | None = None
    corrections: tuple[tuple[str, str], ...] = ()
    smalltalk: Smalltalk | None = None
    language: str = "en"

    @property
    def all_terms(self) -> tuple[QuestionTerm, ...]:
        """The terms of this message and those carried over."""
        return self.terms + self.carried


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that an index proposes; `rank` counts from 0."""

    passage: Passage
    score: float
    rank: int


@dataclass(frozen=True, slots=True)
class Quote:
    """Verbatim words of an article: `article.text[span.start:span.end] == text`; `highlights` lie inside `span`.

    `dates` are the words in it that mean other days than they say ("Wednesday"), and those days; `also` are the further
    articles that tell the same.
    """

    article: Article
    span: Span
    text: str
    highlights: tuple[Span, ...] = ()
    score: float = 0.0
    dates: tuple[tuple[Span, DateRange], ...] = ()
    also: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the articles say to a question: at most five quotes, best first, or none when they do not say.

    `closest` is what they do say nearest to a question that they do not answer. `differing` quotes give different
    figures or positions, and are shown oldest first. `undated` counts the articles left out for want of a date.
    """

    question: Question
    status: Status
    confidence: float = 0.0
    quotes: tuple[Quote, ...] = ()
    closest: Quote | None = None
    differing: bool = False
    undated: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the operator should know that stops nothing; its sentence is a template, chosen by `code`."""

    code: Literal["cache_rebuilt", "cache_in_memory", "cache_busy", "index_in_memory"]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """How many articles there are of a sort, and the ids of the first of them."""

    count: int = 0
    first: tuple[str, ...] = ()

    @classmethod
    def of(cls, *ids: str) -> "Named":
        """Just these."""
        return cls(len(ids), ids)


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What bringing the cache up to date did: the articles by what happened to them, and what is left out.

    Of what is left out the first are named, by path; `reasons` counts them all.
    """

    added: Named = Named()
    changed: Named = Named()
    removed: Named = Named()
    unchanged: int = 0
    left_out: tuple[LeftOut, ...] = ()
    reasons: tuple[tuple[LeftOutReason, int], ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """How the articles are kept up to date: when that last succeeded (`time.monotonic`), and what is amiss since then.

    `problem` is a code of an error, or the name of one that is none of ours.
    """

    at: float | None = None
    problem: str = ""
    under_way: bool = False


def _without_user(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
