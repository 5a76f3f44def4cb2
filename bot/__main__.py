"""`python -m bot`: the `dateline` command; without a word more, `dateline run`."""

import sys

from bot.cli import main

if __name__ == "__main__":
    main(sys.argv[1:] or ["run"])
