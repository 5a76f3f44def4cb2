import json
from pathlib import Path

import pytest

from bot import suggestions
from bot.conversation import FIRST_QUOTES
from bot.suggestions import LONGEST, MOST, opening, suggest
from retrieval import Answer, Engine, EngineSettings, Question
from tests.corpora import engine_over

DEV = Path(__file__).with_name("data") / "seeds-dev.jsonl"
QUESTIONS = [json.loads(line)["question"] for line in DEV.read_text(encoding="utf-8").splitlines()][:30]

NEWS = """A bridge for Lima

The bridge was opened on Monday. Boats pass under it by day and by night.

Ana Rojas, the mayor of Lima, cut the ribbon. It was red.

Rojas said that the bridge cost too much. Nobody disagreed with her in public.
"""


@pytest.fixture
async def news(tmp_path):
    async with engine_over(tmp_path, {"a.txt": NEWS}) as opened:
        yield opened


async def test_each_is_answered(seeds):
    """Each suggestion is short, asked once, and answered surely, by words that the reply did not show."""
    given = 0
    async with Engine.open(EngineSettings(seeds)) as engine:
        for question in QUESTIONS:
            answer = await engine.ask(question)
            asked = await suggest(engine, answer)
            given += len(asked)
            assert len(set(asked)) == len(asked) <= MOST
            for one in asked:
                assert len(one) <= LONGEST
                found = await engine.ask(one)
                assert found.confidence >= 0.6
                assert not any(
                    found.quotes[0].article.id == shown.article.id and found.quotes[0].span.overlaps(shown.span)
                    for shown in answer.quotes[:FIRST_QUOTES]
                )
    assert given > len(QUESTIONS)


async def test_made_from_the_article(news):
    """The questions are about who and what stands near the quote."""
    asked = await suggest(news, await news.ask("When was the bridge opened?"))
    assert asked
    assert set(asked) <= {"What did Ana Rojas say?", "Who is Ana Rojas?", "What is said about Ana Rojas?"}


async def test_usual_spelling(tmp_path):
    """A name that one article misspells is asked about as the others print it."""
    files = {
        "a.txt": "A bridge for Lima\n\nThe bridge was opened on Monday. Emauel Sorel said nothing of it.\n",
        "b.txt": "Songs\n\nEmmanuel Sorel, the mayor of Tarn, sang. Emmanuel Sorel said that it rains.\n",
    }
    async with engine_over(tmp_path, files) as engine:
        asked = await suggest(engine, await engine.ask("When was the bridge opened?"))
    assert asked
    assert all("Emmanuel Sorel" in one for one in asked)


async def test_not_asked_again(news):
    """What was asked before, in these or nearly these words, is not suggested."""
    answer = await news.ask("When was the bridge opened?")
    first, *_ = await suggest(news, answer)
    assert first not in await suggest(news, answer, [first.lower()])
    assert await suggest(news, answer, ["What did Ana Rojas say and who is she?"]) == ()


async def test_no_answer(news):
    """Where nothing was answered, nothing is suggested."""
    assert await suggest(news, await news.ask("What is the capital of Peru?")) == ()
    assert await suggest(news, Answer(Question("Hello"), "smalltalk")) == ()


async def test_gone(news, tmp_path):
    """An article that is not served leads nowhere."""
    (tmp_path / "other").mkdir()
    async with engine_over(tmp_path / "other", {"b.txt": "A mill\n\nThe mill burned down on Friday.\n"}) as other:
        assert await suggest(other, await news.ask("When was the bridge opened?")) == ()


async def test_remembered(news, monkeypatch):
    """What answers a suggestion is remembered while the same articles are served, and no more than so many."""
    answer = await news.ask("When was the bridge opened?")
    asked = await suggest(news, answer)
    memory = dict(news.memory)
    assert set(asked) <= set(memory)
    assert await suggest(news, answer) == asked
    assert dict(news.memory) == memory
    monkeypatch.setattr(suggestions, "_REMEMBERED", 1)
    news.memory.clear()
    news.memory["an older question"] = None
    assert await suggest(news, answer) == asked
    assert len(news.memory) == 1


OLDER = """---
date: 2025-03-01
---
A mill for Tarn

The mill was opened by Ann Berg. It rains.

Ann Berg said that the mill is old, and that Ola Dahl built it. Nobody disagreed.
"""
NEWER = """---
date: 2025-04-01
---
Le pont de Tarn

Le pont sur la rivière a été ouvert lundi. Il a coûté cher, et les travaux ont duré plus de trois ans dans la vallée.
"""


async def test_opening(tmp_path):
    """A question to begin with is answered, and in the reader's language where a new article is; else of the newest."""
    async with engine_over(tmp_path, {"a.txt": OLDER, "b.txt": NEWER}) as engine:
        english, french = [await opening(engine, language) for language in ("en", "fr")]
        assert "What did Ann Berg say about Ola Dahl?" == english
        assert "Que dit-on sur « Le pont de Tarn » ?" == french
        assert await opening(engine, "uk") in (english, french)
        for one, article in ((english, "a.txt"), (french, "b.txt")):
            assert article == (await engine.ask(one)).quotes[0].article.id


async def test_opening_of_what_is_gone(tmp_path, monkeypatch):
    """Where the newest articles go away meanwhile, the question is about a title."""
    async with engine_over(tmp_path, {"a.txt": OLDER}) as engine:
        gone = engine.latest(1)
        (tmp_path / "corpus" / "a.txt").unlink()
        await engine.refresh()
        monkeypatch.setattr(engine, "latest", lambda _: gone)
        assert "What is said about “A mill for Tarn”?" == await opening(engine)


async def test_no_opening(tmp_path):
    """Where nobody is named the question is about the title; where there are no articles there is none."""
    async with engine_over(tmp_path, {"a.txt": "A mill for Tarn\n\nThe mill is old. It rains on it.\n"}) as engine:
        assert "What is said about “A mill for Tarn”?" == await opening(engine)
    (tmp_path / "other").mkdir()
    async with engine_over(tmp_path / "other", {}) as engine:
        assert "" == await opening(engine)
