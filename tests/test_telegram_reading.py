"""A raw update in, what the library makes of it out."""

from typing import Any

import pytest
from telegram import MessageEntity, Update, User

from bot.telegram.heard import heard
from bot.telegram.reading import Malformed, read

CHAT = {"id": 7, "type": "private", "first_name": "Ada"}
ADA = {"id": 7, "is_bot": False, "first_name": "Ada", "language_code": "en"}
MESSAGE = {"message_id": 1, "date": 1, "chat": CHAT, "from": ADA, "text": "Who?"}
PRESS = {"id": "1", "from": ADA, "chat_instance": "1", "data": "m", "message": {**MESSAGE, "date": 0}}
QUERY = {"id": "1", "from": ADA, "query": "who", "offset": ""}
BIG = 2**63


def message(**fields: Any) -> dict[str, Any]:
    return {"update_id": 1, "message": {**MESSAGE, **fields}}


@pytest.mark.parametrize(
    "raw",
    [
        message(),
        message(
            entities=[{"type": "mention", "offset": 0, "length": 2}], reply_to_message=MESSAGE, is_topic_message=True
        ),
        {"update_id": 1, "callback_query": PRESS},
        {"update_id": 1, "inline_query": QUERY},
    ],
)
def test_a_sound_update_is_as_the_library_reads_it(raw: dict[str, Any]) -> None:
    """Nothing of it is lost."""
    assert Update.de_json(raw, None).to_dict() == read(raw).to_dict()


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (message(text=5), "update.message.text"),
        (message(text=None), "update.message.text"),
        (message(chat={"id": "7", "type": "private"}), "update.message.chat.id"),
        (message(chat={"type": "private"}), "update.message.chat.id"),
        (message(chat=[]), "update.message.chat"),
        (message(**{"from": {**ADA, "id": BIG}}), "update.message.from.id"),
        (message(**{"from": {**ADA, "id": True}}), "update.message.from.id"),
        (message(message_id=-BIG - 1), "update.message.message_id"),
        (message(entities={}), "update.message.entities"),
        (message(entities=[{"type": "bold", "offset": "0", "length": 1}]), "update.message.entities[0].offset"),
        (message(reply_to_message={**MESSAGE, "caption": []}), "update.message.reply_to_message.caption"),
        ({"update_id": 1, "callback_query": {**PRESS, "id": 1}}, "update.callback_query.id"),
        ({"update_id": 1, "inline_query": {"id": "1", "from": ADA}}, "update.inline_query.query"),
        ({"message": MESSAGE}, "update.update_id"),
    ],
)
def test_what_is_of_another_type_or_not_there_is_malformed(raw: Any, where: str) -> None:
    """The library would take it, and whoever reads the field would fail; it is said where it is."""
    with pytest.raises(Malformed, match=f"^{where.replace('[', '.').replace(']', '.')}$"):
        read(raw)


@pytest.mark.parametrize("kind", ["channel_post", "my_chat_member", "some_new_kind", "poll"])
def test_an_update_of_a_kind_that_nobody_asked_for_is_empty(kind: str) -> None:
    """Whatever is in it, nothing of it is read."""
    assert {"update_id": 1} == read({"update_id": 1, kind: {"chat": {"id": {}}}}).to_dict()


def test_half_a_character_is_replaced() -> None:
    """JSON can name one half of a pair, which could be neither stored nor sent; two halves are a character."""
    read_one = read(
        message(text="a\ud83d b \ud83d\ude00", entities=[{"type": "text_mention", "offset": 0, "length": 1}])
    )
    assert read_one.message is not None
    assert "a\ufffd b 😀" == read_one.message.text


@pytest.mark.parametrize(("offset", "length"), [(1, 1), (1, 2), (0, 1), (-3, 9), (99, 1), (0, 2**31), (2, -2)])
@pytest.mark.parametrize("kind", [MessageEntity.MENTION, MessageEntity.TEXT_MENTION, MessageEntity.BOT_COMMAND])
def test_an_entity_may_begin_or_end_anywhere(kind: str, offset: int, length: int) -> None:
    """Within a character, before the text or behind it: what was asked can be stored and sent all the same."""
    me = User(4242, "Dateline", is_bot=True, username="dateline_test_bot")
    asked = read(message(text="😀😀 who?", entities=[{"type": kind.value, "offset": offset, "length": length}])).message
    assert asked is not None
    said = heard(asked, me)
    assert said is not None
    assert said.words.encode().decode() == said.words
