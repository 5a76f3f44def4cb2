"""The chat on Telegram."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")  # the library's periods as it will give them, without its warning
