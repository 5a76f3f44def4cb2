"""What is kept of questions in; what the articles lack out, for who keeps them: a list, or gold questions to come."""

import csv
import datetime as dt
import json
import sys
import time
from collections.abc import Iterable

from bot.errors import SinceInvalid
from bot.rendering import Renderer
from bot.settings import Settings
from bot.state.database import State
from bot.state.feedback import Feedback, Missed

_DAY = 86_400


async def missed(settings: Settings, since: str | None) -> list[Missed]:
    """What was not found or voted down since a day, or in the last days. Raises SinceInvalid."""
    begin = _seconds(since) if since else 0
    async with State.open(settings.data_dir) as state:
        return await Feedback(state).missed(begin)


def write(found: Iterable[Missed], *, as_json: bool = False, as_csv: bool = False) -> None:
    """Write it on standard output: for people, or a gold question a line, or a table."""
    if as_json:
        for one in found:
            sys.stdout.write(json.dumps(one.draft, ensure_ascii=False) + "\n")
    elif as_csv:
        table = csv.writer(sys.stdout, lineterminator="\n")
        table.writerow(("asked", "question", "previous", "status", "times", "votes", "article", "quote"))
        table.writerows(map(_row, found))
    else:
        sys.stdout.write(Renderer("text").render("feedback", missed=[*found]) + "\n")


def _row(one: Missed) -> tuple[object, ...]:
    quote = one.quotes[0] if one.quotes else None
    told = (quote.article, quote.text) if quote else ("", "")
    return one.at.isoformat(), one.question, one.previous, one.status, one.times, one.votes, *told


def _seconds(since: str) -> int:
    if since.isdecimal() and len(since) < 6:
        return int(time.time()) - int(since) * _DAY
    try:
        return int(dt.datetime.fromisoformat(since).timestamp())
    except ValueError:
        raise SinceInvalid("--since", since) from None
