import re
from pathlib import Path

import pytest

from bot.rendering import Renderer
from bot.settings import SEEDS, EnvFileUnreadable, SettingInvalid, Settings, TokenFileUnreadable, load, variable
from retrieval import EngineSettings

ROOT = Path(__file__).parents[1]
NAMES = [variable(field) for field in Settings.model_fields]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    """An empty working folder, and none of the settings set."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def token():
    """The token that the settings come to."""
    return load().token


def test_names():
    """The settings are these, by these names."""
    expected = {
        "TELEGRAM_BOT_TOKEN",
        "TELEGRAM_BOT_TOKEN_FILE",
        "TELEGRAM_API_BASE_URL",
        "DATELINE_CORPUS",
        "DATELINE_DATA_DIR",
        "DATELINE_K1",
        "DATELINE_B",
        "DATELINE_THRESHOLD",
        "DATELINE_LOG_LEVEL",
    }
    assert expected <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_documented(name):
    """README's table and .env.example have every setting."""
    assert re.search(rf"^\|.*`{name}`.*\|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert re.search(rf"^{name}=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)


def test_described():
    """Every setting has its help."""
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_defaults():
    """With nothing set, the seeds are served, and there is no token."""
    settings = load()
    assert (settings.corpus, settings.telegram_bot_token, settings.log_level) == (SEEDS, None, "INFO")
    assert settings.data_dir.name == "dateline"


def test_example_is_the_defaults(tmp_path):
    """.env.example, copied as it is, changes nothing."""
    defaults = load()
    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text(encoding="utf-8"), encoding="utf-8")
    assert defaults == load()


def test_environment_wins_over_file(monkeypatch, tmp_path):
    """A variable of the environment wins over the same one in .env; an empty one does not count."""
    (tmp_path / ".env").write_text("DATELINE_K1=1\nDATELINE_B=0.5\n", encoding="utf-8")
    monkeypatch.setenv("DATELINE_K1", "2")
    monkeypatch.setenv("DATELINE_B", "")
    assert (load().k1, load().b) == (2.0, 0.5)


def test_given_wins(monkeypatch, tmp_path):
    """What the command line gives wins over the environment; None is not given."""
    monkeypatch.setenv("DATELINE_CORPUS", "elsewhere")
    assert tmp_path == load(corpus=tmp_path).corpus
    assert Path("elsewhere") == load(corpus=None).corpus


def test_home(monkeypatch):
    """A folder may begin at home."""
    monkeypatch.setenv("HOME", "/home/reader")
    monkeypatch.setenv("DATELINE_CORPUS", "~/articles")
    assert Path("/home/reader/articles") == load().corpus


def test_engine(monkeypatch):
    """The engine gets its share."""
    for name, value in (("CORPUS", "a"), ("DATA_DIR", "d"), ("K1", "1.5"), ("B", "0.5"), ("THRESHOLD", "0.25")):
        monkeypatch.setenv(f"DATELINE_{name}", value)
    assert EngineSettings(Path("a"), Path("d"), 1.5, 0.5, 0.25) == load().engine


def test_cluster(monkeypatch):
    """A cluster's settings reach the engine where the index is to be there, and only then."""
    monkeypatch.setenv("DATELINE_CLUSTER_URLS", "http://one:9200/ , https://two:9200")
    monkeypatch.setenv("DATELINE_CLUSTER_USER", "bot")
    monkeypatch.setenv("DATELINE_CLUSTER_PASSWORD", "secret")
    assert load().engine.cluster is None
    monkeypatch.setenv("DATELINE_INDEX", "Cluster")
    cluster = load().engine.cluster
    assert (("http://one:9200", "https://two:9200"), "bot", "secret") == (cluster.urls, cluster.user, cluster.password)
    assert "secret" not in repr(cluster)


@pytest.mark.parametrize("urls", ["one:9200", "ftp://one", "http://", "http://one, two"])
def test_no_cluster_address(monkeypatch, urls):
    """What is no web address is told, with its place."""
    monkeypatch.setenv("DATELINE_CLUSTER_URLS", urls)
    with pytest.raises(SettingInvalid) as mistake:
        load()
    assert "DATELINE_CLUSTER_URLS" == mistake.value.facts["setting"]


def test_engine_by_itself(tmp_path):
    """The engine has the same defaults on its own."""
    assert EngineSettings(tmp_path, tmp_path) == load(corpus=tmp_path, data_dir=tmp_path).engine


def test_level_in_any_case(monkeypatch):
    """A log level may be written small."""
    monkeypatch.setenv("DATELINE_LOG_LEVEL", "debug ")
    assert load().log_level == "DEBUG"


@pytest.mark.parametrize("written", ["1:a", " 1:a\n", "\t1:a"])
def test_token(monkeypatch, tmp_path, written):
    """The token comes from the environment or from a file, without the white space around it."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", written)
    assert token() == "1:a"
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN")
    (tmp_path / "secret").write_text(written, encoding="utf-8")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN_FILE", "secret")
    assert token() == "1:a"


def test_token_wins_over_its_file(monkeypatch):
    """Where both are set the token wins, and the file is not even opened."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:a")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN_FILE", "missing")
    assert token() == "1:a"


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_blank_token(monkeypatch, blank):
    """A blank token is none."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", blank)
    assert token() is None


def test_token_file_is_read_when_needed(monkeypatch):
    """What needs no token, such as listing the articles, does not mind that its file is missing."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN_FILE", "missing")
    assert load().k1 == 0.6


def test_token_is_not_shown(monkeypatch):
    """Printing the settings does not print the token."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123:abc")
    assert "123:abc" not in repr(load())


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
def test_token_file_unreadable(monkeypatch, tmp_path, content):
    """A token file that is missing, empty or no text is a mistake that names setting and file."""
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN_FILE", "secret")
    with pytest.raises(TokenFileUnreadable) as caught:
        token()
    assert {"setting": "TELEGRAM_BOT_TOKEN_FILE", "path": Path("secret")}.items() <= caught.value.facts.items()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATELINE_K1", "much"),
        ("DATELINE_K1", "-1"),
        ("DATELINE_K1", "inf"),
        ("DATELINE_B", "1.1"),
        ("DATELINE_B", "nan"),
        ("DATELINE_THRESHOLD", "2"),
        ("DATELINE_LOG_LEVEL", "LOUD"),
        ("DATELINE_CORPUS", "~nobody-of-this-name/articles"),
    ],
)
def test_mistake(monkeypatch, name, value):
    """A mistake is told in one line that holds the setting, its value and what it is."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingInvalid) as caught:
        load()
    line = Renderer("text").error(caught.value.code, caught.value.facts)
    assert line.startswith(f"{name} cannot be “{value}”. It is ")
    assert "\n" not in line


def test_env_file_not_text(tmp_path):
    """A .env that is no text is a mistake that names it."""
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(EnvFileUnreadable) as caught:
        load()
    assert {"path": Path(".env"), "problem": "not UTF-8"} == caught.value.facts


@pytest.mark.parametrize("content", ["=\n", "!!!\n=== ???\n'\n", "DATELINE_K1\n", "DATELINE_CORPUS='\n"])
def test_env_file_hard_to_parse(tmp_path, content):
    """Of a .env with odd lines the others count."""
    (tmp_path / ".env").write_text(f"DATELINE_B=0.5\n{content}", encoding="utf-8")
    assert load().b == 0.5


def test_path_that_no_file_can_have(tmp_path):
    """A NUL in the name of the token file is a mistake, not a fault."""
    (tmp_path / ".env").write_text('TELEGRAM_BOT_TOKEN_FILE="a\0b"\n', encoding="utf-8")
    with pytest.raises(TokenFileUnreadable):
        token()


@pytest.mark.parametrize(("value", "expected"), [("", set()), ("7", {7}), (" 7 ,8,", {7, 8})])
def test_operators(monkeypatch, value, expected):
    """The numbers of accounts, separated by commas."""
    monkeypatch.setenv("DATELINE_OPERATORS", value)
    assert expected == load().operator_ids


@pytest.mark.parametrize("value", ["@ada", "-7", "7;8", "٣"])
def test_no_operators(monkeypatch, value):
    """A name is no number, and a group is nobody."""
    monkeypatch.setenv("DATELINE_OPERATORS", value)
    with pytest.raises(SettingInvalid, match="DATELINE_OPERATORS"):
        load()
