"""Environment and `.env` in, one frozen `Settings` out; a mistake in either is one error that names the setting."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import BotError

if TYPE_CHECKING:
    from retrieval import ClusterSettings, EngineSettings

ENV_FILE = Path(".env")
SEEDS = Path(__file__).parents[1] / "seeds"


class SettingInvalid(BotError):
    """A setting holds `value`, which it may not; `allowed` is the setting's help."""

    code = "setting_invalid"

    def __init__(self, setting: str, value: object, allowed: str) -> None:
        super().__init__(setting=setting, value=value, allowed=allowed)


class TokenFileUnreadable(BotError):
    """The file that `setting` names and that should hold a token can't be read, or holds nothing."""

    code = "token_file_unreadable"

    def __init__(self, path: Path, problem: str, setting: str = "TELEGRAM_BOT_TOKEN_FILE") -> None:
        super().__init__(setting=setting, path=path, problem=problem)


class WebhookSecretInvalid(BotError):
    """What Telegram is to show with each delivery is missing, too short or holds what it may not; it is not shown."""

    code = "webhook_secret_invalid"

    def __init__(self) -> None:
        super().__init__(setting="DATELINE_WEBHOOK_SECRET", file="DATELINE_WEBHOOK_SECRET_FILE")


class EnvFileUnreadable(BotError):
    """There is a `.env`, and it can't be read."""

    code = "env_file_unreadable"

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(path=path, problem=problem)


def _at_home(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError as problem:  # ~somebody, where there is no such person
        raise ValueError(str(problem)) from problem


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


Folder = Annotated[Path, AfterValidator(_at_home)]


def _addresses(value: str) -> str:
    """Web addresses without the spaces between them."""
    urls = [url.strip().rstrip("/") for url in value.split(",")]
    if not all(re.fullmatch(r"https?://[^\s/]+(?:/\S*)?", url) for url in urls):
        raise ValueError(value)
    return ",".join(urls)


def _ids(value: str) -> str:
    """Whole numbers without the spaces between them; those of groups are negative."""
    ids = [one.strip() for one in value.split(",") if one.strip()]
    if not all(re.fullmatch(r"-?\d{1,15}", one, re.ASCII) for one in ids):
        raise ValueError(value)
    return ",".join(ids)


def _people(value: str) -> str:
    """Numbers of people."""
    if "-" in value:
        raise ValueError(value)
    return _ids(value)


def _secure_address(value: str) -> str:
    """An address that Telegram delivers to."""
    if not value.isascii() or not re.fullmatch(r"https://[^\s/?#@]+(?:/[^\s?#]*)?", value):
        raise ValueError(value)
    urlsplit(value).port  # noqa: B018 -- one that is no number is a ValueError
    return value


Ids = Annotated[str, AfterValidator(_ids)]
People = Annotated[str, AfterValidator(_people)]
SecureUrl = Annotated[str, AfterValidator(_secure_address)]
Port = Annotated[int, Field(ge=1, le=65535)]
Urls = Annotated[str, AfterValidator(_addresses)]
IndexKind = Annotated[Literal["auto", "memory", "disk", "cluster"], BeforeValidator(_lower)]
LogFormat = Annotated[Literal["console", "json"], BeforeValidator(_lower)]
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_upper)]


class Settings(BaseSettings):
    """All there is to set; each field is the variable of the same name, the later ones with `DATELINE_` before it."""

    model_config = SettingsConfigDict(
        env_prefix="DATELINE_",
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        str_strip_whitespace=True,
        allow_inf_nan=False,
    )

    telegram_bot_token: SecretStr | None = Field(
        None,
        validation_alias="telegram_bot_token",
        description="the token that BotFather gave; without one the chat is in the terminal",
    )
    telegram_bot_token_file: Folder | None = Field(
        None,
        validation_alias="telegram_bot_token_file",
        description="a file that holds the token, such as a Docker secret",
    )
    telegram_api_base_url: str = Field(
        "https://api.telegram.org",
        validation_alias="telegram_api_base_url",
        description="the Bot API server; requests go to <base>/bot<token>/<method>",
    )
    corpus: Folder = Field(SEEDS, description="the folder of articles")
    data_dir: Folder = Field(
        default_factory=lambda: platformdirs.user_data_path("dateline", appauthor=False),
        description="the folder for what is kept between runs: the cache and the chats",
    )
    k1: float = Field(0.6, ge=0, le=10, description="how much a repeated word counts (BM25), 0 to 10")
    b: float = Field(0.75, ge=0, le=1, description="how much long passages are held back (BM25), 0 to 1")
    threshold: float = Field(0.2, ge=0, le=1, description="how sure an answer must be to be given, 0 to 1")
    index: IndexKind = Field(
        "auto",
        description="where the index is: memory, disk, cluster, or auto (in memory up to 5,000 passages, then on disk)",
    )
    cluster_urls: Urls = Field(
        "http://localhost:9200", description="the addresses of the cluster's nodes, separated by commas"
    )
    cluster_index: str = Field(
        "dateline", pattern="^[a-z][a-z0-9_]*$", description="what the index is called in the cluster: a-z, 0-9 and _"
    )
    cluster_user: str | None = Field(None, description="who asks the cluster, where it wants to know")
    cluster_password: SecretStr | None = Field(None, description="the password of that user")
    cluster_ca_file: Folder | None = Field(
        None, description="a file with the certificates to trust besides the usual ones"
    )
    cluster_shards: int = Field(3, ge=1, le=1024, description="into how many parts the cluster divides the index")
    cluster_replicas: int = Field(1, ge=0, le=10, description="how many further copies of each part the cluster keeps")
    operators: People | None = Field(
        None, description="the numbers of the Telegram accounts that run the bot, separated by commas"
    )
    allowed_users: People | None = Field(
        None, description="the numbers of the Telegram accounts that are answered, separated by commas; none for all"
    )
    allowed_chats: Ids | None = Field(
        None, description="the numbers of the groups in which everybody is answered, separated by commas; none for all"
    )
    keep_days: int = Field(
        30, ge=1, le=3650, description="for how many days questions, answers and votes are kept, 1 to 3650"
    )
    webhook_url: SecureUrl | None = Field(
        None, description="the https address at which Telegram delivers; without one the bot asks Telegram"
    )
    webhook_secret: SecretStr | None = Field(
        None, description="what Telegram shows with each delivery: 16 to 256 of A-Z, a-z, 0-9, _ and -"
    )
    webhook_secret_file: Folder | None = Field(None, description="a file that holds it, such as a Docker secret")
    webhook_port: Port = Field(8080, description="the port that deliveries are taken at, behind a proxy")
    metrics_port: Port | None = Field(None, description="the port of the page of numbers for Prometheus")
    listen: str = Field("127.0.0.1", description="the address of this machine at which both ports listen")
    log_level: LogLevel = Field("INFO", description="how much is logged: DEBUG, INFO, WARNING, ERROR or CRITICAL")
    log_format: LogFormat = Field("console", description="how it is logged: console or json")
    log_questions: bool = Field(False, description="whether the questions themselves are logged: true or false")

    @property
    def token(self) -> str | None:
        """The bot's token, from its file where it is not set itself. Raises TokenFileUnreadable."""
        return _held(self.telegram_bot_token, self.telegram_bot_token_file, "telegram_bot_token_file") or None

    @property
    def webhook_token(self) -> str:
        """What Telegram shows with each delivery. Raises WebhookSecretInvalid and TokenFileUnreadable."""
        secret = _held(self.webhook_secret, self.webhook_secret_file, "webhook_secret_file")
        if not re.fullmatch(r"[\w-]{16,256}", secret, re.ASCII):
            raise WebhookSecretInvalid
        return secret

    @property
    def operator_ids(self) -> frozenset[int]:
        """Who may use the operators' commands."""
        return _numbers(self.operators)

    @property
    def allowed_ids(self) -> frozenset[int]:
        """Which people and groups are answered; none for all. Operators always are."""
        allowed = _numbers(self.allowed_users) | _numbers(self.allowed_chats)
        return allowed | self.operator_ids if allowed else allowed

    @property
    def engine(self) -> "EngineSettings":
        """What the engine needs of these."""
        from retrieval import EngineSettings  # noqa: PLC0415 - numpy and all; a mistake is told without them

        cluster = self._cluster if self.index == "cluster" else None
        return EngineSettings(
            self.corpus, self.data_dir, self.k1, self.b, self.threshold, index=self.index, cluster=cluster
        )

    @property
    def _cluster(self) -> "ClusterSettings":
        from retrieval import ClusterSettings  # noqa: PLC0415

        return ClusterSettings(
            urls=tuple(self.cluster_urls.split(",")),
            index=self.cluster_index,
            user=self.cluster_user or "",
            password=self.cluster_password.get_secret_value() if self.cluster_password else "",
            ca_file=self.cluster_ca_file,
            shards=self.cluster_shards,
            replicas=self.cluster_replicas,
            k1=self.k1,
            b=self.b,
        )


def _numbers(ids: str | None) -> frozenset[int]:
    return frozenset(map(int, filter(None, (ids or "").split(","))))


def variable(field: str) -> str:
    """The environment variable that fills a field of `Settings`."""
    alias = Settings.model_fields[field].validation_alias
    return alias.upper() if isinstance(alias, str) else f"DATELINE_{field.upper()}"


def load(**given: object) -> Settings:
    """The settings, `given` ones first. Raises SettingInvalid and EnvFileUnreadable."""
    with _one_line():
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]


@contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_context=False)[0]
        field = str(first["loc"][0])
        allowed = Settings.model_fields[field].description or first["msg"]
        raise SettingInvalid(variable(field), first["input"], allowed) from None
    except (OSError, UnicodeError) as problem:
        raise EnvFileUnreadable(ENV_FILE, _in_short(problem)) from None


def _held(secret: SecretStr | None, path: Path | None, field: str) -> str:
    """A secret, from the file that `field` names where it is not set itself; empty where there is neither."""
    held = secret.get_secret_value().strip() if secret else ""
    return _read_token(path, variable(field)) if path and not held else held


def _read_token(path: Path, setting: str) -> str:
    try:
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as problem:
        raise TokenFileUnreadable(path, _in_short(problem), setting) from None
    if not token:
        raise TokenFileUnreadable(path, "empty", setting)
    return token


def _in_short(problem: Exception) -> str:
    if isinstance(problem, UnicodeError):
        return "not UTF-8"
    return problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
