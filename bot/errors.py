"""What can go wrong in carrying questions and answers: one tree, each error with the facts its sentence needs.

BotError
├── TokenRefused        Telegram does not know the token
├── ApiBaseUrlInvalid   TELEGRAM_API_BASE_URL is no address of a server
└── OptionsExclusive    two options that do not go together

The sentence a person reads is a template (`prompts/error.*.j2`), chosen by `code` and filled with `facts`.
"""

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
