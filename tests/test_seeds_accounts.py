"""What several articles say about one thing: figures that count other things, changed positions, facts told twice."""

import pytest

from retrieval import Answer, Engine

HE_ACCEPTS = "Putin would accept European peacekeepers"
MOSCOW_REJECTS = "Moscow outright rejected the idea of British forces"
RUSSIA_OPPOSES = "Russia is strongly opposed to the presence of NATO troops"


def quoted(answer: Answer, words: str) -> list[str]:
    """The first three characters of the articles of the quotes that hold these words."""
    return [quote.article.id[:3] for quote in answer.quotes if words in quote.text]


@pytest.mark.parametrize(
    "question",
    ["how many countries take part in the coalition", "How many countries are in the coalition of the willing?"],
)
async def test_countries(engine: Engine, question):
    """How many countries: the 37 of one day and the further twenty of another are shown together, no winner picked."""
    answer = await engine.ask(question)
    assert answer.differing
    assert (["001"], ["000"]) == (quoted(answer, "37 countries"), quoted(answer, "Another twenty countries"))


async def test_leaders(engine: Engine):
    """How many leaders: numbers of states, allies and countries count something else, and no difference is claimed."""
    assert not (await engine.ask("how many leaders were on the call")).differing


@pytest.mark.parametrize(
    "question",
    [
        "will Russia accept European peacekeepers",
        "Does Russia accept European troops?",
        "What does Russia think about European troops in Ukraine?",
    ],
)
async def test_peacekeepers(engine: Engine, question):
    """What Trump said that Putin would accept, what Moscow rejected, and what Russia opposed later stand together."""
    answer = await engine.ask(question)
    assert answer.differing
    assert [["004"], ["004"], ["001"]] == [
        quoted(answer, words) for words in (HE_ACCEPTS, MOSCOW_REJECTS, RUSSIA_OPPOSES)
    ]


@pytest.mark.parametrize("question", ["will Russia accept European peacekeepers", "Will Putin accept it?"])
async def test_speaker_is_kept(engine: Engine, question):
    """That Putin would accept is what Trump says: it is quoted, and never without him."""
    accepting = [
        quote.text
        for quote in (await engine.ask(question)).quotes
        if "l accept" in quote.text or HE_ACCEPTS in quote.text
    ]
    assert accepting
    assert all("Trump" in text for text in accepting)


async def test_british_troops(engine: Engine):
    """Moscow rejected British troops: what it thinks of others is no other position; it is told once, in full."""
    answer = await engine.ask("did Moscow reject British troops")
    assert (False, ["004"]) == (answer.differing, quoted(answer, MOSCOW_REJECTS))
    assert "Andrey Vladmirovich" in answer.quotes[0].text


async def test_repeated_paragraph(engine: Engine):
    """A paragraph that an article prints twice is quoted once, and is in no other article."""
    answer = await engine.ask("What is unclear about Putin's change of mind about peacekeeping forces?")
    assert ["004"] == quoted(answer, "apparent change of mind")
    assert all(quote.also == () for quote in answer.quotes)


async def test_who_speaks(engine: Engine):
    """Words that are all quotation bring along the sentence that says whose they are."""
    quotes = (await engine.ask("Did Putin violate the agreement in the past?")).quotes
    [past] = [quote.text for quote in quotes if "in the past, he has violated" in quote.text]
    assert "”Starmer explained." in past
