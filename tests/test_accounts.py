"""When articles are said to differ, in figures or in positions, and what is shown then."""

import pytest

from retrieval import Answer, Question
from retrieval.accounts import differing, nearest
from retrieval.index.memory import MemoryIndex
from retrieval.questions import understand
from retrieval.sentences import view
from retrieval.weights import Weights
from tests.corpora import engine_over, ranking_of

ASKED = "How many people died in the fire of Bergen?"
FIVE = "Five people died in the fire of Bergen."
TWELVE = "The fire of Bergen was worse than thought: 12 people died in it."
FOR = "Tarn would accept a new bridge over the river, its mayor said."
AGAINST = "Tarn is strongly opposed to the bridge over the river."


async def asked(tmp_path, question: str, *articles: tuple[str, str]) -> Answer:
    """The answer that articles of these dates and texts give, however unsure."""
    files = {
        f"{number}.txt": f"---\ntitle: News {number}\n{f'date: {date}' if date else ''}\n---\n{text}\n"
        for number, (date, text) in enumerate(articles)
    }
    async with engine_over(tmp_path, files, threshold=0.0) as engine:
        return await engine.ask(question)


def said(answer: Answer) -> list[str]:
    return [quote.text for quote in answer.quotes]


async def test_figures(tmp_path):
    """Different figures of different articles are shown, best first, and nothing else is."""
    other = "Nobody in Bergen knows how the fire began in which people died."
    answer = await asked(tmp_path, ASKED, ("2025-03-01", FIVE), ("2025-03-02", TWELVE), ("2025-03-03", other))
    assert answer.differing
    assert {FIVE, TWELVE} == set(said(answer))
    assert sorted((quote.score for quote in answer.quotes), reverse=True) == [quote.score for quote in answer.quotes]


@pytest.mark.parametrize(
    "text",
    [
        "In the fire of Bergen 5 people died.",
        "About 5 people died in the fire of Bergen.",
        "Nearly 6 people died in the fire of Bergen.",
        "Of the people in the fire of Bergen many died.",
        "In the fire of Bergen died twelve, and people wept.",
        "In the fire of Bergen twelve dead among the people died of smoke.",
        "Twelve people died in the fire of Oslo.",
        "Hundreds of people died in the fire of Bergen.",
    ],
)
async def test_figures_agree(tmp_path, text):
    """The same figure, one that may mean the same, none at all, or one of something else is no other figure."""
    assert not (await asked(tmp_path, ASKED, ("2025-03-01", FIVE), ("2025-03-02", text))).differing


async def test_one_article(tmp_path):
    """One article with two figures does not differ with itself."""
    assert not (await asked(tmp_path, ASKED, ("2025-03-01", f"{FIVE}\n\n{TWELVE}"))).differing


def test_best_without_figure():
    """Where the best sentence has no figure, those of others may be about something else."""
    best = "The mayors of Bergen, Tarn and Lima were on the call about the ferry."
    others = "Five mayors spoke on the call.", "Twelve mayors spoke on the call."
    for texts, expected in (((best, *others), 0), (others, 2)):
        question = "How many mayors were on the call about the ferry?"
        ranking = ranking_of(question, *texts, weights=Weights({}, {"coverage": 1.0}, {}))
        assert expected == len(differing(ranking.asked, ranking.sentences, ranking.sentences))


async def test_figure_of_another(tmp_path):
    """Who is named in the question must be spoken of near each figure, not only the rest of what is asked."""
    texts = [
        ("2025-03-01", "Five people of the old town died in the terrible fire at the harbour of Bergen."),
        ("2025-03-02", "Nine people of the old town died in the terrible fire at the harbour of Oslo."),
    ]
    question = "How many people of the old town died in the terrible fire at the harbour of Bergen?"
    assert not (await asked(tmp_path, question, *texts)).differing


async def test_newest(tmp_path):
    """Who asks for the latest figure is not told the older ones as well."""
    question = "What is the latest number of people who died in the fire of Bergen?"
    assert not (await asked(tmp_path, question, ("2025-03-01", FIVE), ("2025-03-02", TWELVE))).differing


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("The bridge of Tarn cost $5 million.", "The bridge of Tarn cost $7 million.", True),
        ("The bridge of Tarn cost $5 million.", "The bridge of Tarn cost €7 million.", False),
        (
            "The bridge of Tarn cost $5 million.",
            "The boat beside the old bridge in the harbour cost $7 million.",
            False,
        ),
    ],
)
async def test_amounts(tmp_path, one, other, expected):
    """Sums differ in the same money for the same thing only."""
    answer = await asked(tmp_path, "How much did the bridge of Tarn cost?", ("2025-03-01", one), ("2025-03-02", other))
    assert expected == answer.differing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The walk to the bridge of Tarn took two hours.", True),
        ("The walk to the bridge of Tarn took place two hours ago.", False),
    ],
)
async def test_durations(tmp_path, text, expected):
    """How long ago something was is not how long it took."""
    first = "The walk to the bridge of Tarn took three hours."
    answer = await asked(
        tmp_path, "How long did the walk to the bridge of Tarn take?", ("2025-03-01", first), ("2025-03-02", text)
    )
    assert expected == answer.differing


@pytest.mark.parametrize(
    "question",
    [
        "Will Tarn accept the bridge?",
        "Is Tarn against the bridge?",
        "What is the position of the mayor on Tarn, the bridge?",
    ],
)
async def test_positions(tmp_path, question):
    """Contrary positions from different days are shown together, whichever of them is asked about."""
    answer = await asked(tmp_path, question, ("2025-03-01", FOR), ("2025-03-02", AGAINST), ("2025-03-03", "It rains."))
    expected = "What" not in question  # nobody is named before the word that asks
    assert expected == answer.differing
    assert not expected or {FOR, AGAINST} == set(said(answer))


@pytest.mark.parametrize(
    "other",
    [
        ("2025-03-02", "Tarn has agreed to the new bridge."),
        ("2025-03-01", AGAINST),
        ("", AGAINST),
        ("2025-03-02", "Oslo is strongly opposed to the bridge over the river at Tarn."),
        ("2025-03-02", "Tarn is strongly opposed to the railway over the river."),
        ("2025-03-02", "Will Tarn oppose the bridge over the river?"),
    ],
    ids=["agrees", "same day", "undated", "another holder", "another object", "question"],
)
async def test_positions_agree(tmp_path, other):
    """The same position, or one of the same day, of no known day, of others, or on other things, is no contrary one."""
    assert not (await asked(tmp_path, "Will Tarn accept the bridge?", ("2025-03-01", FOR), other)).differing


async def test_position_once(tmp_path):
    """A position that is told twice is quoted once, in its fuller form."""
    fuller = f"{AGAINST[:-1]} near the old mill."
    dated = [("2025-03-01", FOR), ("2025-03-02", AGAINST), ("2025-03-03", fuller)]
    assert {FOR, fuller} == set(said(await asked(tmp_path, "Will Tarn accept the bridge?", *dated)))


async def test_further_passages(tmp_path):
    """The contrary position is found though many passages hold more of the words that are asked."""
    many = [
        ("2025-03-03", f"Tarn and the bridge, to accept the bridge of Tarn, {number}.") for number in "abcdefghijklmno"
    ]
    dated = [("2025-03-01", FOR), ("2025-03-02", AGAINST), *many]
    answer = await asked(tmp_path, "Will Tarn accept the bridge?", *dated)
    assert answer.differing
    assert {FOR, AGAINST} == set(said(answer))


def test_nearest():
    """Phrases come by how near they stand to a word of the question."""
    own = view("In May Olga wept, and on Tuesday the mill burned.")
    question = Question("mill", terms=understand("mill", MemoryIndex({}, ())).terms)
    spans = [(3, 6), (25, 32)]
    assert [(25, 32), (3, 6)] == nearest(question, own, spans)
    assert spans == nearest(Question(""), own, spans)
