"""A newspaper's archive of any size, made up by rule, and questions about it whose answers are known.

    python -m evaluation.archive FOLDER --passages 20000 --questions questions.jsonl

writes FOLDER/archive-00000.jsonl and so on, 10,000 articles each, or a text file for each article, and gold questions
for `dateline eval`. The first articles of an archive are the same however many there are.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Literal

from evaluation.prose import Written, articles_of, coined, elsewhere, written

Form = Literal["jsonl", "txt"]
Kind = Literal["fact", "misspelt", "unanswerable"]

SEED = 1
A_FILE, A_FOLDER = 10_000, 1_000
"""Articles of an archive file, and of a folder of text files."""

_FOREIGN = 1_900_000
"""Numbers from here on name nothing in any archive."""
_LONG = 5
"""Letters of a word in which a typing error leaves enough to know it by."""


@dataclass(frozen=True, slots=True)
class Known:
    """A question and what is known of it: the number of the article that answers, in which sentence, and the answer.

    None of these for what no article answers.
    """

    question: str
    kind: Kind
    article: int | None = None
    sentence: str = ""
    answer: str = ""


def write(folder: Path, passages: int, seed: int = SEED, form: Form = "jsonl", processes: int = 2) -> int:
    """Write an archive of so many passages; the number of its articles."""
    count = articles_of(passages)
    size = A_FILE if form == "jsonl" else A_FOLDER
    parts = [range(first, min(first + size, count)) for first in range(0, count, size)]
    one = partial(_write_part, folder, seed, form)
    if len(parts) == 1 or processes == 1:
        for part in parts:
            one(part)
        return count
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        list(pool.map(one, parts))
    return count


def article_id(number: int, form: Form = "jsonl") -> str:
    """The id under which article `number` of an archive is served."""
    return f"{_archive(number)}#{_name(number)}" if form == "jsonl" else _text_path(number)


def json_line(seed: int, number: int) -> str:
    """The line of an archive file that holds article `number`."""
    return json.dumps(_fields(written(seed, number)), ensure_ascii=False) + "\n"


def questions(seed: int, count: int, passages: int) -> Iterator[Known]:
    """`count` questions about articles spread over an archive; of twenty two are misspelt and three have no answer."""
    articles = articles_of(passages)
    for at in range(count):
        random = Random(f"{seed} question {at}")  # noqa: S311 -- made up, not secret
        article = written(seed, (2 * at + 1) * articles // (2 * count))
        if at % 20 == 19:
            yield Known(random.choice(elsewhere()), "unanswerable")
            continue
        fact = random.choice(article.facts)
        if at % 10 == 4:
            name = article.subject.partition(" ")[0]
            naming = random.choice([question for question, _ in fact.asked if name in question])
            yield Known(naming.replace(name, coined("subject", _FOREIGN + at)), "unanswerable")
            continue
        question, answer = random.choice(fact.asked)
        if at % 10 == 9:
            yield Known(_mistyped(question, random), "misspelt", article.number, fact.sentence, answer)
        else:
            yield Known(question, "fact", article.number, fact.sentence, answer)


def gold_line(number: int, known: Known, form: Form = "jsonl") -> str:
    """A line of a gold file (`evaluation.gold`)."""
    fields: dict[str, object] = {"id": f"q{number:05}", "kind": known.kind, "question": known.question}
    if known.article is not None:
        fields["answers"] = [known.answer]
        fields["evidence"] = [{"article": article_id(known.article, form), "sentence": known.sentence}]
    return json.dumps(fields, ensure_ascii=False) + "\n"


def _write_part(folder: Path, seed: int, form: Form, numbers: Sequence[int]) -> None:
    path = folder / (_archive(numbers[0]) if form == "jsonl" else _text_path(numbers[0]))
    path.parent.mkdir(parents=True, exist_ok=True)
    if form == "jsonl":
        with path.open("w", encoding="utf-8") as archive:
            archive.writelines(json_line(seed, number) for number in numbers)
        return
    for number in numbers:
        (folder / _text_path(number)).write_text(as_text(written(seed, number)), encoding="utf-8")


def _fields(article: Written) -> dict[str, str]:
    return {
        "id": _name(article.number),
        "title": article.title,
        "date": article.date.isoformat(),
        "text": article.text,
        "url": _url(article),
        "source": article.source,
        "desk": article.desk,
    }


def as_text(article: Written) -> str:
    """What a text file holds of an article."""
    head = {"title": article.title, "date": article.date.isoformat(), "source": article.source, "url": _url(article)}
    lines = "".join(f"{key}: {value}\n" for key, value in head.items())
    return f"---\n{lines}---\n\n{article.text}\n"


def _url(article: Written) -> str:
    return f"https://archive.example/{article.date:%Y/%m/%d}/{_name(article.number)}"


def _name(number: int) -> str:
    return f"a{number:07}"


def _archive(number: int) -> str:
    return f"archive-{number // A_FILE:05}.jsonl"


def _text_path(number: int) -> str:
    return f"{number // A_FOLDER:05}/{_name(number)}.txt"


def _mistyped(question: str, random: Random) -> str:
    """The question with two letters of one of its long words exchanged, one left out, or one twice."""
    words = question.split(" ")
    bare = [word.rstrip("?,") for word in words]
    at = random.choice([at for at, word in enumerate(bare) if at and word.isalpha() and len(word) >= _LONG])
    word = words[at]
    place = random.randrange(1, len(bare[at]) - 2)
    first, second = word[place], word[place + 1]
    middle = random.choice([second + first, first, first + first + second])
    words[at] = word[:place] + middle + word[place + 2 :]
    return " ".join(words)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.archive", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the archive is written")
    parser.add_argument("--passages", type=int, required=True, metavar="N", help="how many passages it has")
    parser.add_argument("--seed", type=int, default=SEED, metavar="S", help="another seed makes another archive")
    parser.add_argument("--form", choices=["jsonl", "txt"], default="jsonl", help="archive files or text files")
    parser.add_argument("--questions", type=Path, metavar="FILE", help="write gold questions about it, too")
    parser.add_argument("--count", type=int, default=500, metavar="M", help="how many questions")
    given = parser.parse_args(arguments)
    write(given.folder, given.passages, given.seed, given.form)
    if given.questions:
        with given.questions.open("w", encoding="utf-8") as gold:
            for number, known in enumerate(questions(given.seed, given.count, given.passages)):
                gold.write(gold_line(number, known, given.form))


if __name__ == "__main__":
    main()
