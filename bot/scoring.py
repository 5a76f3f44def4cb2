"""Gold files in, how well their questions are answered out: in words or as JSON, against an older run, as a picture."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path

import typer

from bot.app import desk, progress
from bot.rendering import Renderer
from bot.settings import Settings
from evaluation.comparison import Comparison, compare
from evaluation.confidence import Calibration, calibration, separation
from evaluation.gold import GoldQuestion, read_gold
from evaluation.reliability import Labels, check, draw
from evaluation.runs import fields, read_run, results
from evaluation.scores import Report, evaluate


def score(  # noqa: PLR0913 -- the options of the command
    settings: Settings,
    files: Sequence[Path],
    *,
    failures: int,
    as_json: bool = False,
    old: Path | None = None,
    picture: Path | None = None,
) -> None:
    """Print the scores, with at most so many failures of each file; mistakes are told before a question is asked."""
    gold = {str(file): read_gold(file) for file in files}
    before = None if old is None else read_run(old)
    if picture:
        check(picture)
    reports = _reports(settings, gold)
    whole = Report(tuple(chain.from_iterable(report.outcomes for report in reports.values())))
    comparison = None if before is None else compare(before, results(whole))
    if as_json:
        typer.echo(_json(whole, reports, comparison))
    else:
        values = {"threshold": settings.threshold, "failures": failures, "comparison": comparison, "old": old}
        typer.echo(_words(whole, reports, values))
    if picture:
        found = calibration(whole.outcomes)
        draw(found, _labels(found), picture)


def _reports(settings: Settings, gold: Mapping[str, Sequence[GoldQuestion]]) -> dict[str, Report]:
    with desk(settings) as opened, progress() as shown:
        return {name: opened.run(evaluate(opened.engine, questions, shown)) for name, questions in gold.items()}


def _json(whole: Report, reports: Mapping[str, Report], comparison: Comparison | None) -> str:
    compared = {"comparison": asdict(comparison)} if comparison else {}
    return json.dumps(fields(whole, reports) | compared)


def _words(whole: Report, reports: Mapping[str, Report], values: Mapping[str, object]) -> str:
    apart, found = separation(whole.outcomes), calibration(whole.outcomes)
    return Renderer("text").render(
        "evaluation", whole=whole, files=reports, separation=apart, calibration=found, **values
    )


def _labels(found: Calibration) -> Labels:
    return Labels(*Renderer("text").render("reliability", calibration=found).splitlines())
