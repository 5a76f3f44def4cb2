"""Redaction: no secret can be read in a text, however it is spelt there."""

import html
import json
import pprint
import reprlib
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import redaction
from bot.redaction import REDACTED, hide, redact

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
HALF = TOKEN.partition(":")[2]
WEBHOOK = "Deliver_here-0123456789"


@pytest.fixture(autouse=True)
def _nothing_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_secrets", {})


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        f"https://api.telegram.org/file/bot{TOKEN.replace(':', '%3A')}/x",
        f"https://proxy/?to={quote(quote(f'https://api.telegram.org/bot{TOKEN}/getMe', safe=''), safe='')}",
        f'{{"url": "bot{TOKEN.replace(":", chr(92) + "u003a")}"}}',
        f"bot{TOKEN.replace(':', chr(92) + 'x3a')}",
        f"bot{TOKEN.replace(':', '&#58;')}",
        "http://127.0.0.1:8081/bot1:short/getMe",
        f"the token `{TOKEN}` was rejected",
        f"/bot{TOKEN[:25]}...",
    ],
)
def test_tokens_are_redacted(text: str) -> None:
    """A token that nobody has told of is unreadable by itself and in an address, whatever its length there."""
    secret = text.partition("AA")[2][:15] or "short"
    assert secret not in redact(text)
    assert REDACTED in redact(text)


@pytest.mark.parametrize("text", ["09:30:00", "http://127.0.0.1:8081/", "5 of 10: done", "123456789: not a secret"])
def test_other_text_stays(text: str) -> None:
    """Times, ports and figures are no tokens, also when a token is known."""
    hide(TOKEN)
    assert text == redact(text)


@given(st.from_regex(r"[0-9]{8,10}:[A-Za-z0-9_-]{35}", fullmatch=True), st.text(), st.text())
def test_any_token_is_redacted_in_any_address(token: str, before: str, after: str) -> None:
    """Whatever stands around an address, the token in it is gone."""
    assert token not in redact(f"{before}/bot{token}/{after}")


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _escaped(text: str) -> str:
    units = text.encode("utf-16-be").hex()
    return "".join(rf"\u{units[at : at + 4]}" for at in range(0, len(units), 4))


@pytest.mark.parametrize("secret", [TOKEN, WEBHOOK, "42:odd one", "7:\"quoted\" 'n' \\slashed/", "9:ключ-é-🔑"])
@pytest.mark.parametrize(
    "spelt",
    [
        str,
        repr,
        json.dumps,
        lambda secret: json.dumps(json.dumps({"in": secret})),
        lambda secret: repr(json.dumps([secret])),
        lambda secret: json.dumps(secret, ensure_ascii=False),
        lambda secret: repr(secret.encode()),
        quote,
        lambda secret: quote(secret, safe=""),
        lambda secret: quote(quote(secret, safe=""), safe=""),
        _percent,
        _escaped,
        lambda secret: _escaped(secret).replace("\\", "\\\\").upper().replace("\\U", "\\u"),
        html.escape,
        lambda secret: "".join(f"&#{ord(one)};" for one in secret),
        lambda secret: "".join(f"&#x{ord(one):x};" for one in secret),
        lambda secret: ascii({"Authorization": [secret]}),
        lambda secret: pprint.pformat({"a": {"b": secret}}, width=200),
    ],
)
def test_a_hidden_secret_is_redacted_in_every_spelling(secret: str, spelt: Callable[[str], str]) -> None:
    """As it is, as Python, JSON, addresses and HTML write it, and twice over."""
    hide(secret)
    shown = redact(f"before {spelt(secret)} after")
    assert REDACTED in shown, shown
    assert shown.startswith("before ")
    assert shown.endswith(" after")
    half = secret.partition(":")[2] or secret
    assert half not in shown


@given(st.text(min_size=4), st.text(), st.text())
def test_whatever_is_hidden_is_gone(secret: str, before: str, after: str) -> None:
    """A secret may be any text, and stand in any other."""
    redaction._secrets.clear()
    hide(secret)
    assert secret not in redact(before + secret + after).replace(REDACTED, "\0" * 2)


def test_the_long_half_of_a_token_is_hidden_without_its_number() -> None:
    """So is a good part of it: long texts are printed with their middle left out."""
    hide(TOKEN)
    assert f"half {REDACTED}" == redact(f"half {HALF}")
    short = reprlib.Repr()
    short.maxstring = 30
    shown = redact(short.repr(TOKEN))
    assert not any(HALF[at : at + 8] in shown for at in range(len(HALF) - 7))


def test_no_secret_hides_nothing() -> None:
    """A token that is not set leaves the log as it is."""
    hide("")
    assert redact("something") == "something"


def test_what_is_hidden_does_not_change_what_it_is_not() -> None:
    """Words of a secret that is made of words may be said; nothing is redacted by a part that is short."""
    hide("dateline-webhook-secret")
    assert "dateline has a webhook and a secret" == redact("dateline has a webhook and a secret")


@pytest.mark.parametrize("bait", ["%25", "\\", "\\u00", "1", "bot1", "A", "&#", "%2525", "12345:A", "&#000", HALF[:7]])
def test_long_texts_come_to_an_end(bait: str) -> None:
    """What looks like the beginning of a secret at every place is gone through once, not once for each place."""
    hide(TOKEN)
    hide(WEBHOOK)
    text = bait * 50_000
    assert text == redact(text)
