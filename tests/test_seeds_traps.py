"""What is odd about the seed articles, line by line, and what the program does about it."""

import re

import pytest

from bot.rendering import Renderer
from retrieval import Answer, Article, Engine


def first(answer: Answer) -> str:
    """The words of the first quote, or nothing."""
    return answer.quotes[0].text if answer.quotes else ""


def article(engine: Engine, number: str) -> Article:
    """The article whose file's name begins with these three characters."""
    return next(found for name, found in engine.articles.items() if name.startswith(number))


@pytest.mark.parametrize(
    ("number", "title", "title_source", "date", "date_source"),
    [
        ("000", "UK and France design a military mission for Ukraine", "catalog", "2025-03-15", "stated"),
        ("001", "Britain and France are seeking to strengthen Ukraine's position", "stated", "2025-03-13", "stated"),
        ("002", "Military leaders of about 30 Ukraine allies to meet in London", "catalog", "2025-03-15", "inferred"),
        ("003", "European leaders discuss Ukraine security guarantees", "stated", "2025-08-19", "inferred"),
        ("004", "Trump says Putin will accept European peacekeepers", "catalog", "2025-02-24", "inferred"),
    ],
)
async def test_title_and_date(engine, number, title, title_source, date, date_source):
    """Each article has its title and date, and it is known which of them its text does not state."""
    found = article(engine, number)
    assert found.title.startswith(title)
    assert (title_source, date, date_source) == (found.title_source, str(found.date), found.date_source)


async def test_unstated_date_is_marked(engine):
    """A quote of an article whose date is worked out says so."""
    answer = await engine.ask("Which TV channel interviewed Trump?")
    cited = Renderer("text").render("more", quotes=answer.quotes[:1], differing=False)
    assert "about 19 August 2025 (worked out from the text)" in cited


async def test_header_is_no_sentence(engine):
    """The header "date 2025-03-15" before the first words of a body is never quoted with them."""
    assert not [
        sentence.text
        for name in engine.articles
        for passage in engine.passages(name)
        for sentence in passage.sentences
        if sentence.text.lstrip().startswith("date 2025")
    ]


FURNITURE = [
    "What unites Trump with Putin: a long business history",
    "Russian advance forces Ukraine to withdraw from his positions in Kursk",
    "As explained here",
    "Kyiv • UNN",
    "29922 views",
    "12915 views",
    "No comments:",
    "Post a Comment",
    "$515 million",
    "Article by:Source:",
]
SUBHEADS = [
    "Become independent",
    "Defend the agreement",
    "Concern for the United States",
    "The armies will settle the details",
    "‘Not good enough’",
    "US-Ukraine minerals deal",
]


@pytest.mark.parametrize("words", [*FURNITURE, *SUBHEADS])
async def test_furniture_and_subheads_are_no_sentences(engine, words):
    """Related headlines, counters, comment forms and subheads stand in no sentence that may be quoted."""
    printed = [
        sentence.text.strip()
        for name in engine.articles
        for passage in engine.passages(name)
        for sentence in passage.sentences
    ]
    assert not [text for text in printed if (words in text if words in FURNITURE else text == words)]


async def test_another_articles_headline_answers_nothing(engine):
    """The fine of which a headline below a comment form tells is not told of, and dates nothing."""
    assert "not_found" == (await engine.ask("Who was fined $515 million?")).status
    assert "2025-08-19" == str(article(engine, "003").date)


@pytest.mark.parametrize(
    ("question", "printed"),
    [
        ("Who is Emmanuel Macron?", "Emmanuel Macron"),
        ("What did Volodymyr Zelenskyy commit to?", "Zelenski"),
        ("who is trump's security adviser mike waltz", "Mike Walts"),
        ("Did Ursula von der Leyen attend the call?", "von der Laien"),
        ("What did Sergei Lavrov say about NATO troops?", "Sergey Lavrov"),
        ("Was Giorgia Meloni on the call?", "Georgia Meloni"),
        ("Is António Costa the president of the European Council?", "António Costa"),
        ("Who reports for the Guardian from Kiev?", "In kyiv"),
        ("who is michael kofman", "Michael Kofman"),
    ],
)
async def test_name_variants(engine, question, printed):
    """A name is found under each of its spellings, and quoted as it is printed."""
    assert any(printed in quote.text for quote in (await engine.ask(question)).quotes[:3])


@pytest.mark.parametrize(
    ("question", "printed"),
    [
        ("Who is resisting a ceasefire of a month?", "stop the fire of a month"),
        ("Who designed the ceasefire proposal?", "Alto El Fuego"),
        ("Who calls the encirclement of the Ukrainian troops fiction?", "massive fence"),
        ("Where would ships be deployed, in the Black Sea?", "Negro Sea"),
        ("When did Russia's president speak on television?", "television profession"),
        ("For how long did Zelensky commit to a ceasefire?", "30 -day cease -out ceaseless ceasefire"),
        ("What is the so-called coalition of the willing?", "coalition of"),
    ],
)
async def test_machine_translation(engine, question, printed):
    """What a machine translated wrongly is found by what it means, and quoted as it is printed."""
    assert any(printed in quote.text for quote in (await engine.ask(question)).quotes[:3])


@pytest.mark.parametrize(
    ("number", "odd"),
    [("002", "[παγωμένα ρωσικά]"), ("002", "enough’said"), ("002", "”saye.."), ("003", "\u00a0")],
)
async def test_odd_characters(engine, number, odd):
    """Foreign letters, glued words, unbalanced quotes and hard spaces are quoted just as they are printed."""
    found = article(engine, number)
    assert odd in found.text
    sentences = [
        sentence for passage in engine.passages(found.id) for sentence in passage.sentences if odd in sentence.text
    ]
    assert sentences
    assert all(sentence.span.of(found.text) == sentence.text for sentence in sentences)


async def test_hard_spaces_part_words(engine):
    """Words with a hard space between them are found as two."""
    texts = [sentence.text for one in engine.passages(article(engine, "003").id) for sentence in one.sentences]
    hard = next(text for text in texts if "\u00a0" in text)
    left, right = re.search(r"(\w+)\u00a0(\w+)", hard).groups()
    answer = await engine.ask(f"{left} {right} {' '.join(re.findall('[A-Za-z]{6,}', hard)[:3])}?")
    assert any(hard in quote.text for quote in answer.quotes[:3])


async def test_latest_depends_on_worked_out_dates(engine):
    """The newest article is the one with the latest date, worked out or not; the reply says how that is known."""
    answer = await engine.ask("What is the latest on security guarantees for Ukraine?")
    assert "003" == answer.quotes[0].article.id[:3]
    shown = Renderer("text").render("more", quotes=answer.quotes[:1], differing=False)
    assert "worked out from the text" in shown
