"""Which articles are served once: whole copies, shortened ones and nearly the same ones, and what is none."""

import datetime as dt
from dataclasses import replace

import pytest

from retrieval import EngineSettings, LeftOut, Named, articles, copies, passages
from retrieval.copies import FEWEST
from retrieval.engine import Engine
from retrieval.models import Article, Document

STORY = """
The old mill of Bergen burned down on Tuesday night after lightning struck its roof. Forty firemen from three
towns fought the flames until dawn, but only the stone walls were left standing. The owner, Olga Lund, said
that her family had ground corn there for two hundred years. Nobody was hurt, as the last workers had gone
home before the storm came up the valley.

The mayor promised help from the town's emergency fund, and neighbours opened their barns for what was saved.
Insurance will pay for the machines, though not for the carved wooden wheel that visitors used to photograph.
A collection for a new wheel has begun in the church, and the carpenters' guild has offered its work without
pay. Olga Lund hopes to grind the harvest of next year with it. The cause is still examined by experts, who
expect to report before the end of the month.
""".strip()
FLASH = STORY.split("\n\n")[0]
OTHER = """
The ferry between Tarn and the islands stays in harbour this week because its engine failed on the way back on
Sunday. The shipyard has ordered a new shaft, which has to be forged abroad and is due on Friday at the
earliest. Until then a fishing boat takes the mail and the sick across, while cars and cattle have to wait.
Shopkeepers on the islands complain that milk and bread are running out, and that nobody had told them in
time. The company offers every passenger the price of the ticket.
""".strip()


def parsed(name: str, text: str, date: str = "") -> Article:
    found = articles.parse(Document(name, text))
    assert isinstance(found, Article)
    return replace(found, date=dt.date.fromisoformat(date)) if date else found


def served(*found: Article) -> dict[str, str]:
    """For each article the one that is served for it."""
    return copies.originals((article, passages.split(article)) for article in found)


def test_apart():
    """Articles about other things are all served."""
    assert {"a": "a", "b": "b"} == served(parsed("a", STORY), parsed("b", OTHER))


def test_cut():
    """A copy cut to some part of its length is left out for the whole, whichever name comes first."""
    for share in (0.4, 0.6, 0.9):
        cut = STORY[: int(share * len(STORY))]
        assert {"a": "b", "b": "b"} == served(parsed("a", cut), parsed("b", STORY))
        assert {"a": "a", "b": "a"} == served(parsed("a", STORY), parsed("b", cut))


def test_edited():
    """A few other words, another title and another order of paragraphs make no other article."""
    edited = "\n\n".join(reversed(STORY.split("\n\n"))).replace("old mill", "ancient mill").replace("hopes", "wants")
    assert {"a": "a", "b": "a"} == served(parsed("a", STORY), parsed("b", f"Fire in Bergen\n\n{edited}"))


def test_short_inside_long():
    """A news flash that a longer article holds in full is served within it."""
    long = f"{OTHER}\n\n{FLASH}"
    assert {"flash": "long", "long": "long"} == served(parsed("flash", FLASH), parsed("long", long))


def test_shared_paragraph():
    """Articles that share a paragraph, but tell more than that each, are both served."""
    more = "Bakers in the valley now buy their flour in Tarn, which costs them an hour on the road every morning. " * 2
    assert {"a": "a", "b": "b"} == served(parsed("a", f"{FLASH}\n\n{more}"), parsed("b", f"{OTHER}\n\n{FLASH}"))


def test_other_figures():
    """With another figure in the same words it is news, not a copy; a figure in a line of its own is none."""
    for changed in (STORY.replace("Forty", "Sixty"), STORY.replace("three", "5")):
        assert {"a": "a", "b": "b"} == served(parsed("a", STORY), parsed("b", changed))
    added = f"{STORY} This was read by 512 people."
    assert {"a": "b", "b": "b"} == served(parsed("a", STORY), parsed("b", added))


def test_short_texts():
    """Of texts too short to tell, only the very same is served once."""
    text = "The mill of Bergen burned down on Tuesday night after lightning struck its roof, says Olga Lund."
    assert len(passages.split(parsed("a", text))[0].sentences[0].terms) < FEWEST
    assert {"a": "a", "b": "b", "c": "a"} == served(
        parsed("a", text), parsed("b", f"{text} Nobody was hurt."), parsed("c", f"\ufeff{text}\r\n")
    )


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2025-03-02", "2025-03-01", "b"),
        ("2025-03-01", "2025-03-02", "a"),
        ("", "2025-03-01", "a"),
        ("2025-03-01", "", "a"),
        ("", "", "a"),
    ],
)
def test_dates(first, second, expected):
    """Of two that hold each other the earlier one is served; where that is not known, the longer."""
    whole, nearly = parsed("a", f"{STORY} Rain fell on Sunday.", first), parsed("b", STORY, second)
    assert {"a": expected, "b": expected} == served(whole, nearly)


def test_earlier_but_shorter():
    """An early flash does not stand in for the long article that holds it."""
    assert {"a": "b", "b": "b"} == served(parsed("a", FLASH, "2025-03-01"), parsed("b", STORY, "2025-03-02"))


def test_several_copies():
    """All copies of an article are left out for the same one, also for the earlier one that takes its place."""
    found = served(
        parsed("cut", STORY[: len(STORY) // 2]),
        parsed("early", STORY, "2025-03-01"),
        parsed("late", f"{STORY} Rain fell on Sunday.", "2025-03-02"),
        parsed("same", f"{STORY} Rain fell on Sunday."),
    )
    assert dict.fromkeys(("cut", "early", "late", "same"), "early") == found


def test_standing_phrases():
    """What sixty articles all end with makes none of them a copy, and hides no copy among them."""
    cities = [f"{first}{last}" for first in ("Lim", "Osl", "Tur", "Port", "Ghen", "Ess") for last in "aeioubcdfg"]
    found = [parsed(city, f"{' '.join(f'The {city}{at} was sold.' for at in range(60))}\n\n{OTHER}") for city in cities]
    cut = parsed("cut", found[7].text[:-200])
    assert {**{city: city for city in cities}, "cut": cities[7]} == served(*found, cut)


def test_dated_before_undated():
    """Of two that say the same in other order, the dated one is served: its date answers questions."""
    turned = "\n\n".join(reversed(STORY.split("\n\n")))
    assert {"a": "b", "b": "b"} == served(parsed("a", STORY), parsed("b", turned, "2025-03-01"))


def test_no_articles():
    """Without articles there is nothing to serve."""
    assert {} == served()


async def test_report(tmp_path):
    """A near copy is named in the report with the article that is served; when that goes, the copy is served."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "cut.txt").write_text(STORY[: len(STORY) // 2], encoding="utf-8")
    (corpus / "mill.txt").write_text(STORY, encoding="utf-8")
    settings = EngineSettings(corpus, tmp_path)
    async with Engine.open(settings) as engine:
        assert (Named.of("mill.txt"), (LeftOut("cut.txt", "copy", "mill.txt"),)) == (
            engine.report.added,
            engine.report.left_out,
        )
        assert ["mill.txt"] == list(engine.articles)
    (corpus / "mill.txt").write_text(OTHER, encoding="utf-8")
    async with Engine.open(settings) as engine:
        report = engine.report
        assert (Named.of("cut.txt"), Named.of("mill.txt")) == (report.added, report.changed)
        assert (Named(), ()) == (report.removed, report.left_out)
    (corpus / "cut.txt").unlink()
    async with Engine.open(settings) as engine:
        assert (Named.of("cut.txt"), 1) == (engine.report.removed, engine.report.unchanged)


async def test_seeds(engine):
    """The articles that come along share a subject and some quotes; all are served."""
    assert 5 == len(engine.articles)
    assert () == engine.report.left_out
