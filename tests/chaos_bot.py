"""The bot as a process of its own that goes as fast as it can: nobody asks too much, and no pace is kept.

It takes the settings from the environment, as `dateline run` does. With `paced` it keeps to Telegram's pace.
"""

import sys

from bot.cli import main
from bot.telegram import limits, transport

if __name__ == "__main__":
    limits.A_MINUTE = 1.0  # in which nobody here asks too much
    transport.KEPT = 0.5  # so that connections which nobody needs are soon not counted
    if "paced" not in sys.argv:
        limits.PACE = limits.Pace(0.0, limits.Limit(10_000, 0.001), limits.Limit(10_000, 0.001))
    main(["run"])
