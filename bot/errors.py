"""What can go wrong in carrying questions and answers: one tree, each error with the facts its sentence needs.

BotError
├── TokenRefused        Telegram does not know the token
├── ApiBaseUrlInvalid   TELEGRAM_API_BASE_URL is no address of a server
├── PortUnavailable     nothing can be served at an address
├── TokenInUse          another program receives the updates of this bot
├── NotHeard            Telegram keeps silent
├── OptionsExclusive    two options that do not go together
├── SinceInvalid        no day, and no number of days
├── StateTooNew         a newer program wrote state.db
├── StateDamaged        state.db can't be read
├── StateUnwritable     state.db can't be written
├── StateMissing        there is no state.db yet
├── StateHeld           another program has the damaged state.db open
├── BackupUnwritable    a backup can't be written
├── BackupInvalid       a file is no backup, or a damaged one
├── BackupTooNew        a newer program wrote a backup
└── BackupIsState       a backup would be a file that the bot itself keeps

The sentence a person reads is a template (`prompts/error.*.j2`), chosen by `code` and filled with `facts`.
"""

from pathlib import Path
from typing import ClassVar


class BotError(Exception):
    """Base of all errors of this package."""

    code: ClassVar[str] = "bot"
    status: ClassVar[int] = 2
    """What the program leaves with; 2 is a mistake in how it was started."""

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


class PortUnavailable(BotError):
    """What `setting` is the port of can't be served at `host`."""

    code = "port_unavailable"

    def __init__(self, setting: str, host: str, port: int, problem: str) -> None:
        super().__init__(setting=setting, address=f"{host}:{port}", problem=problem)


class TokenInUse(BotError):
    """Another program receives what people send to this bot: `other` is how Telegram describes it."""

    code = "token_in_use"
    status = 3

    def __init__(self, bot: str, other: str) -> None:
        super().__init__(setting="TELEGRAM_BOT_TOKEN", bot=bot, other=other)


class NotHeard(BotError):
    """The server at `api` did not say anything for so many seconds, over new connections either."""

    code = "not_heard"
    status = 1

    def __init__(self, api: str, seconds: float) -> None:
        super().__init__(api=api, seconds=seconds)


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


class StateUnwritable(BotError):
    """What people do can't be written to the file at `path`."""

    code = "state_unwritable"

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(path=path, problem=problem)


class StateMissing(BotError):
    """Nothing was kept in the file at `path` yet."""

    code = "state_missing"

    def __init__(self, path: Path) -> None:
        super().__init__(path=path)


class StateHeld(BotError):
    """The file at `path` is damaged or gone, and another program still has it open."""

    code = "state_held"

    def __init__(self, path: Path) -> None:
        super().__init__(path=path)


class BackupUnwritable(BotError):
    """The backup at `path` can't be written."""

    code = "backup_unwritable"

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(path=path, problem=problem)


class BackupInvalid(BotError):
    """The file at `path` is no whole state; without a `problem`, it is that of another program."""

    code = "backup_invalid"

    def __init__(self, path: Path, problem: str = "") -> None:
        super().__init__(path=path, problem=problem)


class BackupTooNew(BotError):
    """A newer program than this one wrote the backup at `path`."""

    code = "backup_too_new"

    def __init__(self, path: Path) -> None:
        super().__init__(path=path)


class BackupIsState(BotError, ValueError):
    """A backup was to be `path`, which the bot itself writes."""

    code = "backup_is_state"

    def __init__(self, path: Path) -> None:
        super().__init__(path=path)


class SinceInvalid(BotError, ValueError):
    """An option holds `value`, which is no day and no number of days."""

    code = "since_invalid"

    def __init__(self, option: str, value: str) -> None:
        super().__init__(option=option, value=value)
