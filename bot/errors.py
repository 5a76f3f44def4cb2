"""What can go wrong in carrying questions and answers: one tree, each error with the facts its sentence needs.

BotError
├── TokenRefused        Telegram does not know the token
├── ApiBaseUrlInvalid   TELEGRAM_API_BASE_URL is no address of a server
├── OptionsExclusive    two options that do not go together
├── SinceInvalid        no day, and no number of days
├── StateTooNew         a newer program wrote state.db
└── StateDamaged        state.db can't be read

The sentence a person reads is a template (`prompts/error.*.j2`), chosen by `code` and filled with `facts`.
"""

from pathlib import Path
from typing import ClassVar


class BotError(Exception):
    """Base of all errors of this package."""

    code: ClassVar[str] = "bot"

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        shown = ", ".join(f"{name}={value!s}" for name, value in facts.items())
        super().__init__(f"{self.code}: {shown}")


class TokenRefused(BotError):
    """The Bot API server at `api` does not know the token."""

    code = "token_refused"

    def __init__(self, api: str) -> None:
        super().__init__(setting="TELEGRAM_BOT_TOKEN", api=api)


class ApiBaseUrlInvalid(BotError, ValueError):
    """TELEGRAM_API_BASE_URL holds `value`, which is no http or https address."""

    code = "api_base_url_invalid"

    def __init__(self, value: str) -> None:
        super().__init__(setting="TELEGRAM_API_BASE_URL", value=value)


class OptionsExclusive(BotError, ValueError):
    """Of `one` and `other` only one may be given."""

    code = "options_exclusive"

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one=one, other=other)


class StateTooNew(BotError):
    """A newer program than this one wrote the file at `path`."""

    code = "state_too_new"

    def __init__(self, path: Path) -> None:
        super().__init__(path=path)


class StateDamaged(BotError):
    """What people did can't be read from the file at `path`."""

    code = "state_damaged"

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(path=path, problem=problem)


class SinceInvalid(BotError, ValueError):
    """An option holds `value`, which is no day and no number of days."""

    code = "since_invalid"

    def __init__(self, option: str, value: str) -> None:
        super().__init__(option=option, value=value)
