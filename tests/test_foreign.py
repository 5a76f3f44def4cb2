"""Questions in other languages, over articles in several."""

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from retrieval import Answer, Article, Engine, EngineSettings, passages
from retrieval.foreign import asked_in, elsewhere, read
from retrieval.models import IndexKind
from retrieval.questions import understand
from tests.corpora import article_of, index_of

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests/data/languages"
QUESTIONS = [json.loads(line) for line in (DATA / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
LANGUAGES = ["fr", "de", "es", "el", "uk"]
WOLVES = "Les loups\n\nLes loups de la vallée ont été vus par Élise Martin lundi, et ils sont revenus mardi soir.\n"
WOLF = "The wolves\n\nThe wolves of the valley were seen by Jane Stanley on Monday, and they came again.\n"


@pytest.fixture
async def mixed(tmp_path: Path, seeds: Path) -> AsyncIterator[Engine]:
    """An open engine over the seeds and articles in five other languages."""
    folder = tmp_path / "corpus"
    shutil.copytree(seeds, folder, ignore=shutil.ignore_patterns("README.md"))
    shutil.copytree(DATA / "corpus", folder, dirs_exist_ok=True)
    async with Engine.open(EngineSettings(folder)) as engine:
        yield engine


async def test_questions_are_answered_in_their_language(mixed: Engine) -> None:
    """Nine in ten are right at once, and at least three in four of each language; what is not told is refused."""
    right = {language: list[bool]() for language in LANGUAGES}
    refused: list[bool] = []
    for gold in QUESTIONS:
        answer = await mixed.ask(gold["question"])
        assert gold["language"] == answer.question.language, gold["question"]
        if gold["answer"] is None:
            refused.append(answer.status == "not_found")
        else:
            right[gold["language"]].append(gold["answer"] in _first(answer))

    assert all(sum(found) >= 0.75 * len(found) for found in right.values()), right
    assert sum(map(sum, right.values())) >= 0.9 * sum(map(len, right.values()))
    assert sum(refused) >= 0.9 * len(refused)


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("Qui a coupé le ruban du tramway de Valmont ?", "fr-tram.txt"),
        ("Who cut the ribbon of the tram in Valmont?", "en-tram.txt"),
        ("Hélène Castel Valmont", "en-tram.txt"),
        ("Чому загинув Степан Мельничук?", "uk-bdzholy.txt"),
    ],
)
async def test_an_article_in_the_questions_language_goes_first(mixed: Engine, question: str, article: str) -> None:
    """Names match in every language, and what is told in the question's own is quoted first."""
    answer = await mixed.ask(question)

    assert article == answer.quotes[0].article.id


@pytest.mark.parametrize("index", ["memory", "disk"])
async def test_languages_are_kept(tmp_path: Path, index: IndexKind) -> None:
    """What comes out of the cache is in the language that it was read in, wherever the index is."""
    settings = EngineSettings(DATA / "corpus", tmp_path, index=index)
    async with Engine.open(settings) as engine:
        first = [(article.id, article.language) for article in engine.every_article()]
    async with Engine.open(settings) as engine:
        assert first == [(article.id, article.language) for article in engine.every_article()]
        assert 12 == engine.report.unchanged
        answer = await engine.ask("Скільки коштував міст?")
        sentences = {sentence.language for one in engine.passages("uk-mist.txt") for sentence in one.sentences}

    assert {(name, name[:2]) for name, _ in first} == set(first)
    assert "95 мільйонів гривень" in _first(answer)
    assert {"uk"} == sentences


async def test_a_question_goes_on_from_the_one_before(mixed: Engine) -> None:
    """One that begins with "and", or has nothing but an asking word, takes over what the one before asked."""
    before = await mixed.ask("Qui a coupé le ruban du tramway ?")
    then = await mixed.ask("Et combien de stations ?", before)
    last = await mixed.ask("Où ?", then)
    alone = await mixed.ask("Qui a caché les caméras ?", before)

    assert "23 stations" in _first(then)
    assert "stations" == last.question.about
    assert () == alone.question.carried


@pytest.mark.parametrize(
    ("text", "kind", "language"),
    [
        ("Bonjour !", "greeting", "fr"),
        ("guten Tag", "greeting", "de"),
        ("Muchas gracias.", "thanks", "es"),
        ("γεια σας", "greeting", "el"),
        ("γειά σας", "greeting", "el"),
        ("До побачення!", "farewell", "uk"),
        ("Хто ти?", "identity", "uk"),
        ("Hello", "greeting", "en"),
    ],
)
def test_small_talk_is_no_question(text: str, kind: str, language: str) -> None:
    """A greeting is one in any language, also over English articles."""
    question = understand(text, index_of(WOLF))

    assert (kind, language) == (question.smalltalk, question.language)


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("Qui a vu les loups ?", "fr", "person"),
        ("Jusqu'à quand les loups restent-ils ?", "fr", "time"),
        ("Wie viele Wölfe gibt es?", "de", "count"),
        ("Wie heißt der Wolf?", "de", "thing"),
        ("¿Por qué volvieron?", "es", "reason"),
        ("Γιατί ήρθαν;", "el", "reason"),
        ("Де живуть вовки?", "uk", "place"),
        ("Les loups de la vallée", "fr", "thing"),
    ],
)
def test_the_asking_word_tells_what_is_expected(text: str, language: str, kind: str) -> None:
    """Its first asking words say what kind of answer a question expects."""
    assert kind == read(text, language, index_of(WOLVES), ["fr"]).kind


def test_a_question_is_read_without_what_leads_up_to_it() -> None:
    """A greeting before the question is none of its words, and neither is what it asks by."""
    question = understand("Bonjour ! Dans quel article parle-t-on de loups ?", index_of(WOLVES), languages=["fr"])

    assert ["loup"] == [term.term for term in question.terms]
    assert "fr" == question.language


@pytest.mark.parametrize(
    ("text", "terms", "corrections"),
    [
        ("Où est Martn ?", ["martin"], (("Martn", "martin"),)),
        ("Où est la ville ?", ["vill"], ()),
        ("Qui est le lou ?", ["lou"], ()),
    ],
)
def test_what_is_mistyped_is_read_as_meant(text: str, terms: list[str], corrections: object) -> None:
    """Only what is near an indexed term, and long enough to be no other word, is read as that."""
    question = read(text, "fr", index_of(WOLVES), ["fr"])

    assert (terms, corrections) == ([term.term for term in question.terms], question.corrections)


def test_a_name_is_looked_for_as_other_languages_have_it() -> None:
    """A name that the stemmers leave differently is found in both languages, and is no foreign name."""
    assert {} == dict(elsewhere("Stanley", "es", ["en", "es"]))
    assert {"helen": 0.9} == dict(elsewhere("Hélène", "de", ["en", "de", "uk"]))

    index = index_of("The trip\n\nThe trip of Helene was long, and Helene paid for it in May.\n")
    question = read("Wohin reiste Helene?", "de", index, ["en", "de"])
    assert "helen" in [term.term for term in question.terms]
    assert () == question.corrections


def test_an_english_question_finds_names_in_other_languages() -> None:
    """The words of an English question are English, its names may be as another language has them."""
    alone = understand("What did Ann Helene see?", index_of(WOLF))
    mixed = understand("What did Ann Helene see?", index_of(WOLF), languages=["en", "de"])

    assert [term.term for term in alone.terms] == [term.term for term in mixed.terms]
    [helene] = [term for term in mixed.terms if term.word == "Helene"]
    assert (("hel", 0.9),) == helene.related


def test_over_english_articles_every_question_is_read_as_english() -> None:
    """Nothing is guessed where there is nothing in another language."""
    assert "en" == asked_in("Qui a vu les loups ?", index_of(WOLF), ["en"])


def test_the_articles_decide_where_words_do_not() -> None:
    """What may be in several languages is in the one that the articles know it in."""
    index = index_of(WOLVES)

    assert "fr" == asked_in("loups vallée", index, ["en", "fr"])
    assert "en" == asked_in("Martin", index, ["en", "fr"])


def test_sentences_end_where_their_language_ends_them() -> None:
    """German quotations end with “, and a French title's stop ends nothing."""
    german = article_of(
        "Der Fluss\n\nDer Fluss steigt, und sie ruft: „Er kommt.“ Dann geht sie am 3. Mai zu Dr. Weiß.\n"
    )
    french = article_of("Le fleuve\n\nLe fleuve monte et M. Dupont ne dort pas. Il attend que le jour se lève.\n")

    assert ("de", "fr") == (german.language, french.language)
    assert [
        "Der Fluss steigt, und sie ruft: „Er kommt.“",
        "Dann geht sie am 3. Mai zu Dr. Weiß.",
    ] == _sentences(german)
    assert [
        "Le fleuve monte et M. Dupont ne dort pas.",
        "Il attend que le jour se lève.",
    ] == _sentences(french)


def _first(answer: Answer) -> str:
    return answer.quotes[0].text if answer.quotes else ""


def _sentences(article: Article) -> list[str]:
    return [sentence.text for passage in passages.split(article) for sentence in passage.sentences]
