"""Archives made up by rule: what is made, that it is cut and read as meant, and what is known of the questions."""

import json
from pathlib import Path
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation import archive
from evaluation.gold import read_gold
from evaluation.prose import PASSAGES, articles_of, coined, written
from retrieval import archives, articles, copies, passages, sources
from retrieval.models import Document

SEEDS = Path(__file__).parents[1] / "seeds"


def read(document):
    """An article as it is served, and its passages."""
    article = articles.parse(document)
    return article, passages.split(article)


def made(numbers, seed=1):
    """Some articles as made, as served, and their passages."""
    for number in numbers:
        one = written(seed, number)
        yield one, *read(Document(f"{number}.txt", one.text))


def characters(cut):
    """Characters of the passages."""
    return [passage.span.end - passage.span.start for passage in cut]


@given(st.integers(0, 2_000_000))
def test_articles_of(wanted):
    """The articles that are made for a number of passages have that many of them, to within half an article."""
    count = articles_of(wanted)
    whole, rest = divmod(count, len(PASSAGES))
    assert abs(wanted - whole * sum(PASSAGES) - sum(PASSAGES[:rest])) <= max(PASSAGES) / 2


@pytest.mark.parametrize("seed", [1, 2])
def test_cut(seed):
    """The product cuts articles into the passages that they were made of, but for one in a hundred."""
    own, cut = [], []
    for one, _, found in made(range(60), seed):
        own += one.passages
        cut += [" ".join(sentence.text for sentence in passage.sentences) for passage in found]
    assert abs(len(own) - len(cut)) <= len(own) // 100
    assert len(set(own) & set(cut)) >= len(own) * 0.98


def test_nothing_is_furniture():
    """All of an article's text is paragraphs."""
    kinds = {block.kind for _, article, _ in made(range(60)) for block in article.blocks}
    assert {"paragraph"} == kinds


def test_no_copies():
    """No article is taken for a copy of another."""
    originals = copies.originals((article, found) for _, article, found in made(range(60)))
    assert [name for name, first in originals.items() if name != first] == []


def test_like_real_articles():
    """A passage is as long as one of the seeds, to within a tenth."""
    files, _ = sources.scan(SEEDS)
    real = [size for file in files for size in characters(read(sources.read(file))[1])]
    own = [size for _, _, found in made(range(60)) for size in characters(found)]
    assert fmean(real) == pytest.approx(fmean(own), rel=0.1)


def test_vocabulary_grows():
    """New words keep coming: the second hundred articles have a third as many again that the first have not."""
    words = [
        {word for number in part for word in written(1, number).text.split()} for part in (range(100), range(100, 200))
    ]
    assert len(words[0] | words[1]) > len(words[0]) * 4 / 3


def test_same_again():
    """A seed and a number always make the same article, and another seed another one."""
    assert written(3, 17) == written(3, 17)
    assert written(3, 17).text != written(4, 17).text


@settings(deadline=None)  # the first one reads the words
@given(st.integers(0, 100_000))
def test_facts(number):
    """What can be asked about is told once, word for word, by a sentence that holds the answer; one way is by name."""
    article = written(1, number)
    for fact in article.facts:
        assert 1 == article.text.count(fact.sentence)
        assert all(answer in fact.sentence for _, answer in fact.asked)
        assert any(article.subject in question for question, _ in fact.asked)
        assert not any(question.count("{") for question, _ in fact.asked)


@given(st.sampled_from(["person", "tail", "subject"]), st.sets(st.integers(0, 99_999_999), min_size=2, max_size=2))
def test_coined(kind, numbers):
    """Another number is another word."""
    assert 2 == len({coined(kind, number) for number in numbers})


def test_first_articles_are_the_same(tmp_path):
    """A smaller archive is the beginning of a larger one."""
    for passages_wanted in (50, 100):
        archive.write(tmp_path / str(passages_wanted), passages_wanted)
    small, large = ((tmp_path / name / "archive-00000.jsonl").read_text() for name in ("50", "100"))
    assert 5 == small.count("\n")
    assert large.startswith(small)


def test_files_of_an_archive(tmp_path, monkeypatch):
    """An archive is divided into files of so many articles; an article is served under its file and its own id."""
    monkeypatch.setattr(archive, "A_FILE", 4)
    archive.write(tmp_path, 100, processes=1)
    lines = {path.name: path.read_text().splitlines() for path in tmp_path.iterdir()}
    assert {"archive-00000.jsonl": 4, "archive-00001.jsonl": 4, "archive-00002.jsonl": 2} == {
        name: len(own) for name, own in lines.items()
    }
    fields = json.loads(lines["archive-00001.jsonl"][1])
    assert ["id", "title", "date", "text", "url", "source", "desk"] == list(fields)
    assert "a0000005" == fields["id"]
    assert "archive-00001.jsonl#a0000005" == archive.article_id(5)


def test_two_processes(tmp_path, monkeypatch):
    """What two processes write is what one does."""
    for name, processes in (("one", 1), ("two", 2)):
        archive.write(tmp_path / name, 10_100, form="txt", processes=processes)
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).rglob("*.txt")} for name in ("one", "two"))
    assert one == two
    assert 1_010 == len(one)


def test_archive_files(tmp_path):
    """Each line of an archive file is read as the article that was made, with what nobody asks for kept beside it."""
    archive.write(tmp_path, 50)
    files, left_out = sources.scan(tmp_path)
    found = [document for file in files for document in archives.documents(file)]
    own = [written(1, number) for number in range(5)]
    assert () == left_out
    assert [archive.article_id(number) for number in range(5)] == [document.id for document in found]
    assert [(one.title, one.date, one.text) for one in own] == [(one.title, one.date, one.text) for one in found]
    assert {"desk"} == {key for document in found for key in json.loads(document.extra)}


def test_text_files(tmp_path):
    """A text file states its title, date, source and address in its head, and is served under the id it is known by."""
    archive.write(tmp_path, 30, form="txt")
    files, left_out = sources.scan(tmp_path)
    assert () == left_out
    assert [archive.article_id(number, "txt") for number in range(3)] == [file.id for file in files]
    article, found = read(sources.read(files[1]))
    own = written(1, 1)
    assert (own.title, own.date, own.source) == (article.title, article.date, article.source)
    assert article.url.startswith("https://")
    assert len(own.passages) == len(found)


def test_questions_are_spread():
    """The articles that are asked about lie all over the archive."""
    asked = [known.article for known in archive.questions(1, 200, 20_000) if known.article is not None]
    assert sorted(asked) == asked
    tenths = [sum(tenth * 200 <= number < (tenth + 1) * 200 for number in asked) for tenth in range(10)]
    assert min(tenths) >= 15


def test_kinds_of_questions():
    """Of twenty questions sixteen are about a fact as it is, one is misspelt, and three have no answer."""
    known = list(archive.questions(1, 100, 5_000))
    count = {kind: sum(one.kind == kind for one in known) for kind in ("fact", "misspelt", "unanswerable")}
    assert {"fact": 80, "misspelt": 5, "unanswerable": 15} == count
    assert {one.kind for one in known if one.article is None} == {"unanswerable"}


def test_answers_are_in_their_articles():
    """The sentence that answers stands in the article, and the answer in the sentence."""
    for known in archive.questions(1, 40, 2_000):
        if known.article is not None:
            assert known.answer in known.sentence
            assert known.sentence in written(1, known.article).text


def test_misspelt():
    """A misspelt question differs from one about its article in a single word."""
    for known in archive.questions(1, 200, 2_000):
        if known.kind == "misspelt":
            right = [question for fact in written(1, known.article).facts for question, _ in fact.asked]
            words = known.question.split(" ")
            assert 1 in [
                sum(one != other for one, other in zip(words, question.split(" "), strict=True))
                for question in right
                if len(question.split(" ")) == len(words)
            ]


def test_unanswerable():
    """The names in questions without an answer are in no article."""
    text = " ".join(written(1, number).text for number in range(200))
    others = [known.question for known in archive.questions(1, 200, 2_000) if known.kind == "unanswerable"]
    foreign = [word for question in others for word in question.split() if coined_subject(word)]
    assert len(foreign) >= 15
    assert [word for word in foreign if word in text] == []


def coined_subject(word):
    """Whether a word is one of those that name nothing."""
    return word in {coined("subject", archive._FOREIGN + at) for at in range(200)}


def test_command(tmp_path, capsys):
    """The command writes an archive and gold questions about it, which name its articles."""
    gold = tmp_path / "gold.jsonl"
    archive.main([str(tmp_path / "corpus"), "--passages", "100", "--questions", str(gold), "--count", "20"])
    read_questions = read_gold(gold)
    assert 20 == len(read_questions)
    assert articles_of(100) == (tmp_path / "corpus" / "archive-00000.jsonl").read_text().count("\n")
    named = {one.article for question in read_questions for one in question.evidence}
    assert named <= {archive.article_id(number) for number in range(10)}
    assert len(named) >= 8
