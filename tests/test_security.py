"""What strangers send and what articles say is data: no template, no markup, nothing that opens a door."""

import ast
import re
from pathlib import Path

import pytest
from talks import ADA, BEN, QUESTION, talking, words

ROOT = Path(__file__).parents[1]
BAIT = "{{ 7 * 191 }} {% for x in [1] %}loop{% endfor %} <b>bold</b> &amp; '; DROP TABLE replies; --"

pytestmark = pytest.mark.usefixtures("unhurried")


async def test_what_is_asked_is_no_template_and_no_markup(bridges: Path, tmp_path: Path) -> None:
    """It comes back as it was typed where it comes back at all, and Telegram refuses nothing."""
    async with talking(bridges, tmp_path / "data") as talk:
        for text in (BAIT, f"Who opened {BAIT}?", f"/latest {BAIT}", f"/timeline {BAIT}", f"/article {BAIT}"):
            reply = await talk.say(text)
            assert not re.search(r"1337|loop(?!\{)", reply["text"].replace("%}loop{%", ""))
            assert [] == [entity for entity in reply.get("entities", []) if _part(reply, entity) == "bold"]
        assert "❝" in (await talk.say(QUESTION))["text"]


async def test_what_an_article_says_is_no_template_and_no_markup(tmp_path: Path) -> None:
    """It is quoted as it stands."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    said = (
        "The tunnel in Lima {{ 7 * 191 }} was opened by the <b>mayor</b> &amp; {% raw %}her deputy, Rojas, on Monday."
    )
    (corpus / "tunnel.txt").write_text(f"A tunnel for {{{{ Lima }}}} <i>\n\n{said}\n", encoding="utf-8")
    async with talking(corpus, tmp_path / "data") as talk:
        reply = await talk.say("Who opened the tunnel in Lima?")
        assert said in reply["text"]
        assert "A tunnel for {{ Lima }} <i>" in reply["text"]


def _part(message: dict[str, object], entity: dict[str, int]) -> str:
    text = str(message["text"]).encode("utf-16-le")
    return text[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2].decode("utf-16-le")


def test_only_our_own_files_are_templates() -> None:
    """No code makes a template, a program or an object of text that comes from elsewhere."""
    makers = {"from_string", "Template", "eval", "exec", "compile_expression", "__import__", "loads_pickle"}
    found = [
        (file.name, node.lineno)
        for room in ("bot", "retrieval")
        for file in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", "") in makers or getattr(node.func, "attr", "") in makers)
    ]
    assert [] == found


async def test_a_stranger_is_turned_away(bridges: Path, tmp_path: Path) -> None:
    """Where the bot is not for everybody, who is not named is told their number, and no article's words."""
    async with talking(bridges, tmp_path / "data", allowed_users=str(BEN)) as talk:
        stranger = await talk.say(QUESTION, ADA)
        assert words("private", number=ADA) == stranger["text"]
        assert "❝" in (await talk.say(QUESTION, BEN))["text"]


def test_nobody_outside_reaches_what_is_not_for_them() -> None:
    """But for Caddy's, every port of the Compose file is published on loopback."""
    lines = (ROOT / "docker-compose.yml").read_text("utf-8").splitlines()
    ports = [match[1] for line in lines if (match := re.fullmatch(r'      - "([\d.:]+)"', line))]
    assert ["80:80", "443:443"] == [port for port in ports if not port.startswith("127.0.0.1:")]
    assert 4 == len(ports)
