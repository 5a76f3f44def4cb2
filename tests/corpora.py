"""Small corpora for tests: texts in, an index or an open engine over them out, read as any corpus is."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from retrieval import Answer, Article, Engine, EngineSettings, articles, hits, passages
from retrieval.index.memory import MemoryIndex
from retrieval.models import Document, Passage, Question
from retrieval.questions import understand
from retrieval.ranking import Ranking, rank
from retrieval.weights import Weights

NO_WEIGHTS = Weights({}, {}, {"bias": 0.0})
"""All passages, sentences and questions are alike."""


def written(day: str, words: str) -> str:
    """A file with an article of a day that says these words."""
    return f"---\ndate: {day}\n---\nThe news of the day\n\n{words}\n"


def article_of(text: str, name: str = "a.txt") -> Article:
    """The article that `text` holds; its first line is its title where it reads like one."""
    article = articles.parse(Document(name, text))
    assert isinstance(article, Article), article
    return article


def articles_of(*texts: str) -> tuple[dict[str, Article], tuple[Passage, ...]]:
    """The articles of these texts by id (`0.txt`, `1.txt`, …), and all their passages."""
    read = {f"{number}.txt": article_of(text, f"{number}.txt") for number, text in enumerate(texts)}
    return read, tuple(passage for article in read.values() for passage in passages.split(article))


def index_of(*texts: str) -> MemoryIndex:
    """An index over the articles of these texts; without any it is empty."""
    return MemoryIndex(*articles_of(*texts))


def ranking_of(
    question: str | Question, *texts: str, weights: Weights = NO_WEIGHTS, before: Answer | None = None
) -> Ranking:
    """What articles of these texts hold for a question, by these weights."""
    served, split = articles_of(*texts)
    index = MemoryIndex(served, split)
    newest = max((article.date for article in served.values() if article.date), default=None)
    asked = understand(question, index, newest, before) if isinstance(question, str) else question
    found = hits.candidates(hits.sought(asked.all_terms, index), index)
    proposed = hits.ranked(hits.in_days(asked, found, index, served, newest))
    return rank(asked, proposed, served, index.idf, weights)


@asynccontextmanager
async def engine_over(
    tmp_path: Path, files: Mapping[str, str], threshold: float = EngineSettings(Path()).threshold
) -> AsyncIterator[Engine]:
    """An open engine over a folder with these files, by name; its cache in memory."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    async with Engine.open(EngineSettings(folder, threshold=threshold)) as engine:
        yield engine
