"""The `dateline` command: arguments in, an exit status out: 0, 1 for no answer, 2 for a mistake told in one line."""

import io
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot import logs
from bot.errors import BotError, OptionsExclusive
from bot.rendering import Renderer
from bot.settings import Settings, load

# What needs the engine is imported where it is used: numpy and all take longer than `--help` and `health` do.
# ruff: noqa: PLC0415

Corpus = Annotated[Path | None, typer.Option("--corpus", metavar="DIR", help="The folder of articles.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]

app = typer.Typer(
    name="dateline",
    help="Answers questions about a folder of articles in the articles' own words.",
    epilog='Example: dateline ask "Who leads the coalition of the willing?"',
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command(epilog="Example: TELEGRAM_BOT_TOKEN=123:abc dateline run")
def run(corpus: Corpus = None) -> int:
    """Answer on Telegram; without a token, in the terminal."""
    settings = _settings(corpus)
    if settings.token:
        # While modules load and articles are read; process 1 of a container would ignore it, and the cache survives it.
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
        from bot.telegram.application import run as poll

        logs.configure(settings.log_level, settings.log_format, questions=settings.log_questions)
        return poll(settings)
    from bot.terminal import chat as converse

    return converse(settings, hint=True)


@app.command(epilog="Example: dateline chat --corpus ~/articles")
def chat(corpus: Corpus = None) -> int:
    """Answer in the terminal, or line by line from a pipe."""
    from bot.terminal import chat as converse

    return converse(_settings(corpus))


@app.command(epilog='Example: dateline ask --json "Who leads the coalition of the willing?"')
def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION|-", help="The question; - reads one from each line.")],
    as_json: AsJson = False,
    corpus: Corpus = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say why it is answered so, or not.")] = False,
) -> int:
    """Answer one question, or each line of standard input.

    A line may be a JSON object, {"question": "...", "chat": "..."}; lines of the same chat share its memory.
    The status is 1 when the one question has no answer.
    """
    from bot.app import desk
    from bot.lines import answer, answer_each, explain_each, typed

    if explain and as_json:
        raise OptionsExclusive("--explain", "--json")
    with desk(_settings(corpus), watch=question == "-") as opened:
        if explain:
            return 0 if explain_each(opened, typed() if question == "-" else [question]) else 1
        if question != "-":
            return 0 if answer(opened, question, as_json=as_json) else 1
        answer_each(opened, as_json=as_json)
    return 0


@app.command(epilog="Example: dateline index --corpus ~/articles")
def index(
    corpus: Corpus = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE.jsonl", help="Write all that is left out there, and why.")
    ] = None,
) -> int:
    """Bring the cache and the index up to date and say what changed.

    Ctrl-C loses nothing: the next time it goes on from there.
    """
    from bot.app import desk
    from bot.lines import write_left_out

    with desk(_settings(corpus)) as opened:
        engine = opened.engine
        typer.echo(Renderer("text").render("index", report=engine.report, total=len(engine.articles)))
        if report is not None:
            opened.run(write_left_out(engine, report))
    return 0


@app.command(epilog="Example: dateline articles --furniture")
def articles(
    corpus: Corpus = None,
    furniture: Annotated[bool, typer.Option("--furniture", help="Show what is never quoted, too.")] = False,
) -> int:
    """List the articles, and what was left out.

    For each its date, how that is known, its passages and its title; titles in [brackets] are not the article's own.
    """
    from bot.app import desk

    with desk(_settings(corpus)) as opened:
        engine = opened.engine
        listing = Renderer("text").render(
            "articles",
            articles=engine.every_article() if engine.articles else (),
            passages=engine.passages,
            report=engine.report,
            furniture=furniture,
        )
        typer.echo(listing)
    return 0


@app.command(epilog="Example: dateline health && echo well")
def health() -> int:
    """Say whether the bot is well, or what is wrong, in one line.

    The status is 1 when Telegram was not heard for too long, state.db can't be written or the articles are out of date.
    """
    from bot.health import examine

    found = examine(_settings(None).data_dir)
    typer.echo(Renderer("text").render("health", health=found))
    return 1 if found.ills else 0


@app.command(epilog="Example: dateline feedback --since 7 --json > drafts.jsonl")
def feedback(
    since: Annotated[
        str | None, typer.Option("--since", metavar="D", help="Only since this day (2025-03-15), or in so many days.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print drafts of gold questions, one a line.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a table.")] = False,
) -> int:
    """List what was asked on Telegram and not found, or voted down.

    As JSON each is a gold question whose answers are still to be filled in, for dateline eval.
    """
    import asyncio

    from bot.feedback import missed, write

    if as_json and as_csv:
        raise OptionsExclusive("--json", "--csv")
    write(asyncio.run(missed(_settings(None), since)), as_json=as_json, as_csv=as_csv)
    return 0


@app.command(epilog="Example: dateline backup ~/dateline-backup.db")
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; a file that is there is replaced.")],
) -> int:
    """Copy what people asked, chose and voted to one file, while the bot runs or not."""
    from bot.state import backup as backups

    typer.echo(Renderer("text").render("backup", kept=backups.backup(_settings(None).data_dir, file)))
    return 0


@app.command(epilog="Example: dateline restore ~/dateline-backup.db")
def restore(file: Annotated[Path, typer.Argument(metavar="FILE", help="What dateline backup wrote.")]) -> int:
    """Put back what was copied by dateline backup, while the bot runs or not.

    What was there before is kept beside it. Who waits for an answer gets it.
    """
    import asyncio

    from bot.state import backup as backups

    restored = asyncio.run(backups.restore(_settings(None).data_dir, file))
    typer.echo(Renderer("text").render("restored", restored=restored))
    return 0


@app.command(name="eval", epilog="Example: dateline eval tests/data/seeds-dev.jsonl --compare before.json")
def evaluate(  # noqa: PLR0913, PLR0917 -- the options of the command
    files: Annotated[list[Path], typer.Argument(metavar="FILE.jsonl", help="Gold questions, a JSON object a line.")],
    as_json: AsJson = False,
    corpus: Corpus = None,
    failures: Annotated[
        int, typer.Option("--failures", metavar="N", min=0, help="How many failures of each file to list.")
    ] = 20,
    compare: Annotated[
        Path | None, typer.Option("--compare", metavar="OLD.json", help="Name what changed since a run kept as JSON.")
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option("--picture", metavar="FILE.svg|png", help="Draw how often answers are as right as they are sure."),
    ] = None,
) -> int:
    """Score the answers against gold questions.

    To compare two runs, keep the first: dateline eval --json FILE.jsonl > OLD.json
    """
    from bot.scoring import score

    score(_settings(corpus), files, failures=failures, as_json=as_json, old=compare, picture=picture)
    return 0


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command and leave with its status."""
    sys.exit(status(sys.argv[1:] if arguments is None else arguments))


def status(arguments: list[str]) -> int:
    """Run the command; a mistake is told in one line on standard error, a fault of ours is raised."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        return app(arguments or ["--help"], prog_name="dateline", standalone_mode=False) or 0
    except Exception as problem:
        code, facts = _mistake(problem)
        typer.echo(logs.redact(Renderer("text").error(code, facts)), err=True)
        return problem.status if isinstance(problem, BotError) else 2


def _mistake(problem: Exception) -> tuple[str, dict[str, object]]:
    from retrieval import RetrievalError

    if isinstance(problem, BotError | RetrievalError):
        return problem.code, problem.facts
    if isinstance(problem, typer.TyperException):
        return "usage", {"problem": problem.format_message()}
    if isinstance(problem, OSError):
        return "system", {"path": problem.filename, "problem": problem.strerror or str(problem)}
    raise problem


def _settings(corpus: Path | None) -> Settings:
    settings = load(corpus=corpus)
    level = settings.log_level if "log_level" in settings.model_fields_set else "WARNING"
    logs.configure(level, settings.log_format, questions=settings.log_questions)
    return settings
