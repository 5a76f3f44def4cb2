"""A Bot API server on loopback, strict, for tests: a bot's calls in, Telegram's answers and people's messages out.

Updates have real offsets and a real long poll; every call is recorded, and so is every call that Telegram would refuse.
On its own (`python tests/botapi_server.py --port 8081 --token 123:abc`) it prints each call as one line of JSON and
reads what people do from standard input: {"chat": 7, "text": "Hello"}, {"chat": 7, "press": 2}, {"fail": "sendMessage",
"status": 500}. A file of such lines can be played at the start with --script.
"""

import argparse
import asyncio
import contextlib
import json
import re
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

import botapi_rules as rules
from botapi_rules import Refused

BOT = {"id": 4242, "is_bot": True, "first_name": "Dateline", "username": "dateline_test_bot"}
ME = BOT | {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}


@dataclass
class Call:
    """One call of the bot: its parameters as checked (as they came when refused), and what it was refused for."""

    method: str
    parameters: dict[str, Any]
    refused: str = ""
    at: float = field(default_factory=time.monotonic)


@dataclass
class Failure:
    """What the next calls of a method get instead of an answer; status 0 means a lost connection."""

    status: int
    description: str
    retry_after: int = 0
    migrate_to_chat_id: int = 0
    times: int = 1


class Dropped(Exception):
    """The connection ends without an answer."""


class BotApiServer:
    """`async with BotApiServer(token) as server`; the address is `server.url`."""

    def __init__(self, token: str, host: str = "127.0.0.1", port: int = 0) -> None:
        self.token = token
        self.host = host
        self.port = port
        self.calls: list[Call] = []
        self.sent: list[dict[str, Any]] = []
        self.webhook = ""
        self.profile: dict[str, Any] = {}
        self.on_call: Callable[[Call], None] = lambda call: None
        self._chats: dict[int, dict[str, Any]] = {}
        self._messages: dict[tuple[int, int], dict[str, Any]] = {}
        self._updates: list[dict[str, Any]] = []
        self._queries: set[str] = set()
        self._failures: dict[str, Failure] = {}
        self._delays: dict[str, float] = {}
        self._last_id = 0
        self._polls = 0
        self._changed = asyncio.Event()
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connection, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """What TELEGRAM_API_BASE_URL is set to."""
        return f"http://{self.host}:{self.port}"

    @property
    def refused(self) -> list[Call]:
        """The calls that Telegram would not have accepted."""
        return [call for call in self.calls if call.refused]

    # What people do

    def say(self, chat_id: int, text: str, **fields: Any) -> dict[str, Any]:
        """Someone writes `text`; `reply_to_message` and the like go in as further fields of the message."""
        command = re.match(r"/\S+", text)
        entities = [{"type": "bot_command", "offset": 0, "length": rules.width(command[0])}] if command else []
        return self.post(chat_id, text=text, **({"entities": entities} if entities else {}), **fields)

    def post(self, chat_id: int, **fields: Any) -> dict[str, Any]:
        """Someone sends a message that consists of `fields`."""
        person = {"id": abs(chat_id), "is_bot": False, "first_name": "Ada", "language_code": "en"}
        message = self._message(chat_id, person, fields)
        self.push(message=message)
        return message

    def press(self, message: dict[str, Any], data: str | None = None, **fields: Any) -> str:
        """Someone presses the first button under `message`; the id of the callback query."""
        data = data or message["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        query = str(self._next_id())
        self._queries.add(query)
        person = {"id": abs(message["chat"]["id"]), "is_bot": False, "first_name": "Ada"}
        shown = json.loads(json.dumps(message))
        self.push(
            callback_query={"id": query, "from": person, "message": shown, "chat_instance": "1", "data": data} | fields
        )
        return query

    def push(self, **update: Any) -> int:
        """Queue any update; its id."""
        number = self._next_id()
        self._updates.append({"update_id": number, **update})
        self._notify()
        return number

    # What goes wrong

    def fail(self, method: str, status: int, description: str = "Internal Server Error", **more: int) -> None:
        """Refuse the next call (`times`) of `method`, with `retry_after` or `migrate_to_chat_id`."""
        self._failures[method] = Failure(status, description, **more)

    def drop(self, method: str, times: int = 1) -> None:
        """Carry out the next call of `method`, but end the connection without an answer."""
        self._failures[method] = Failure(0, "", times=times)

    def delay(self, method: str, seconds: float) -> None:
        """Let every call of `method` take so long."""
        self._delays[method] = seconds

    # What a test waits for

    async def replies(self, number: int, within: float = 20.0) -> list[dict[str, Any]]:
        """The messages of the bot so far, once there are at least so many."""
        await self.until(lambda: len(self.sent) >= number, within)
        return self.sent

    async def called(self, method: str, number: int = 1, within: float = 20.0) -> list[Call]:
        """The calls of `method` so far, once there are at least so many."""
        await self.until(lambda: len(self.of(method)) >= number, within)
        return self.of(method)

    def of(self, method: str) -> list[Call]:
        """The calls of `method` so far."""
        return [call for call in self.calls if call.method == method]

    async def until(self, holds: Callable[[], bool], within: float = 20.0) -> None:
        """Wait for something to hold; it is looked at after each call and update."""
        try:
            async with asyncio.timeout(within):
                while not holds():
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"never came; calls: {self.calls}, sent: {self.sent}") from None

    # HTTP

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while await self._exchange(reader, writer):
                pass
        except (Dropped, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Read one request and answer it; whether the connection stays open."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *lines = head.rstrip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        target = urlsplit(line.split(" ")[1])
        try:
            raw = dict(parse_qsl(target.query, keep_blank_values=True)) | _parameters(headers, body)
            answer = {"ok": True, "result": await self._answer(unquote(target.path), raw, reader)}
            status = 200
        except Refused as refused:
            status = refused.status
            answer = {"ok": False, "error_code": status, "description": refused.description}
            answer |= {"parameters": refused.parameters} if refused.parameters else {}
        content = json.dumps(answer).encode()
        writer.write(
            b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(content))
        )
        writer.write(content)
        await writer.drain()
        return headers.get("connection", "").lower() != "close"

    async def _answer(self, path: str, raw: dict[str, Any], reader: asyncio.StreamReader) -> Any:
        match = re.fullmatch(r"/bot([^/]*)/([A-Za-z]+)", path)
        token, method = match.groups() if match else ("", path)
        call = Call(method, raw)
        self.calls.append(call)
        try:
            if token != self.token:
                raise Refused("Unauthorized", 401) if re.fullmatch(r"\d+:[\w-]+", token) else Refused("Not Found", 404)
            call.parameters = rules.read(method, raw)
            await asyncio.sleep(self._delays.get(method, 0))
            return await self._carry_out(call, reader)
        except Refused as refused:
            if not isinstance(refused, _Told):
                call.refused = f"{refused.status} {refused.description}"
            raise
        finally:
            self.on_call(call)
            self._notify()

    async def _carry_out(self, call: Call, reader: asyncio.StreamReader) -> Any:
        failure = self._failures.get(call.method)
        if failure and failure.times:
            failure.times -= 1
            if failure.status:
                raise _Told(failure)
        else:
            failure = None
        if call.method == "getUpdates":
            result: Any = await self._get_updates(call.parameters, reader)
        else:
            result = self._result(call.method, call.parameters)
        if failure:
            raise Dropped
        return result

    # Methods

    async def _get_updates(self, values: dict[str, Any], reader: asyncio.StreamReader) -> list[dict[str, Any]]:
        if self.webhook:
            raise Refused("Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first", 409)
        self._polls += 1
        number, end = self._polls, time.monotonic() + min(values.get("timeout", 0), 50)
        self._notify()
        offset = values.get("offset", 0)
        if offset < 0:
            self._updates = self._updates[offset:]
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        while not self._updates and time.monotonic() < end and not reader.at_eof():
            if self._polls != number:
                raise Refused("Conflict: terminated by other getUpdates request; make sure that only one bot runs", 409)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(0.05, end - time.monotonic())):
                    await self._changed.wait()
        if reader.at_eof():
            raise Dropped
        return self._updates[: values.get("limit", 100)]

    def _result(self, method: str, values: dict[str, Any]) -> Any:
        served = getattr(self, f"_on_{method}", None)
        if served:
            return served(values)
        profile = re.fullmatch("(set|get|delete)(My[A-Za-z]+)", method)
        if profile is None:
            raise Refused(f"{method} is not served here", 501)
        if profile[1] == "get":
            return self.profile.get(profile[2], [] if method == "getMyCommands" else {})
        self.profile[profile[2]] = values["commands"] if method == "setMyCommands" else values
        return True

    def _on_getMe(self, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return ME

    def _on_setWebhook(self, values: dict[str, Any]) -> bool:  # noqa: N802
        self.webhook = values["url"]
        return True

    def _on_deleteWebhook(self, values: dict[str, Any]) -> bool:  # noqa: N802
        self.webhook = ""
        if values.get("drop_pending_updates"):
            self._updates.clear()
        return True

    def _on_getWebhookInfo(self, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"url": self.webhook, "has_custom_certificate": False, "pending_update_count": len(self._updates)}

    def _on_sendMessage(self, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        fields = {"text": rules.shown(values)} | {name: values[name] for name in ("reply_markup",) if name in values}
        self._known_chat(values)
        if "message_thread_id" in values:
            fields |= {"message_thread_id": values["message_thread_id"], "is_topic_message": True}
        reply = values.get("reply_parameters", {})
        target = self._messages.get((values["chat_id"], reply.get("message_id", 0)))
        if target:
            fields["reply_to_message"] = {name: of for name, of in target.items() if name != "reply_to_message"}
        elif reply and not reply.get("allow_sending_without_reply"):
            raise Refused("message to be replied not found")
        message = self._message(values["chat_id"], BOT, fields)
        self.sent.append(message)
        return message

    def _on_editMessageText(self, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return self._edit(values, {"text": rules.shown(values), "reply_markup": values.get("reply_markup")})

    def _on_editMessageReplyMarkup(self, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return self._edit(values, {"reply_markup": values.get("reply_markup")})

    def _on_answerCallbackQuery(self, values: dict[str, Any]) -> bool:  # noqa: N802
        if values["callback_query_id"] not in self._queries:
            raise Refused("query is too old and response timeout expired or query ID is invalid")
        self._queries.remove(values["callback_query_id"])
        return True

    def _on_sendChatAction(self, values: dict[str, Any]) -> bool:  # noqa: N802
        self._known_chat(values)
        return True

    # What it remembers

    def _known_chat(self, values: dict[str, Any]) -> None:
        chat = self._chats.get(values["chat_id"])
        if chat is None:
            raise Refused("chat not found")
        if "message_thread_id" in values and not chat.get("is_forum"):
            raise Refused("message thread not found")

    def _edit(self, values: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
        message = self._messages.get((values.get("chat_id", 0), values.get("message_id", 0)))
        if message is None:
            raise Refused("message to edit not found")
        if message["from"] != BOT:
            raise Refused("message can't be edited")
        if all(message.get(name) == value for name, value in change.items()):
            raise Refused(
                "message is not modified: specified new message content and reply markup are exactly the same"
            )
        message |= change
        for name in [name for name, value in change.items() if value is None]:
            del message[name]
        return message

    def _message(self, chat_id: int, sender: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
        about = {"type": "private", "first_name": "Ada"} if chat_id > 0 else {"type": "supergroup", "title": "Readers"}
        forum = {"is_forum": True} if fields.get("is_topic_message") else {}
        chat = self._chats[chat_id] = self._chats.get(chat_id, {"id": chat_id} | about) | forum
        number = 1 + sum(of == chat_id for of, _ in self._messages)
        message = {"message_id": number, "date": int(time.time()), "chat": chat, "from": sender} | fields
        self._messages[chat_id, number] = message
        return message

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


class _Told(Refused):
    """A refusal that the test asked for."""

    def __init__(self, failure: Failure) -> None:
        more = {name: vars(failure)[name] for name in ("retry_after", "migrate_to_chat_id") if vars(failure)[name]}
        super().__init__(failure.description.removeprefix("Bad Request: "), failure.status, **more)


def _parameters(headers: dict[str, str], body: bytes) -> dict[str, Any]:
    kind = headers.get("content-type", "")
    if kind.startswith("application/json"):
        return dict(json.loads(body))
    if kind.startswith("multipart/form-data"):
        parts = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body).iter_parts()
        return {part.get_param("name", header="content-disposition"): _content(part) for part in parts}
    return dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body)))


def _content(part: Any) -> str | bytes:
    content: bytes = part.get_payload(decode=True)
    return content if part.get_filename() else content.decode()


def act(server: BotApiServer, line: str) -> None:
    """Do what one line of JSON says."""
    deed = json.loads(line)
    if "fail" in deed:
        server.fail(deed.pop("fail"), **deed)
    elif "press" in deed:
        server.press(server._messages[deed["chat"], deed["press"]])
    else:
        server.say(deed.pop("chat"), deed.pop("text"), **deed)


def show(fact: dict[str, Any]) -> None:
    """Print one line of JSON."""
    sys.stdout.write(json.dumps(fact, default=repr) + "\n")
    sys.stdout.flush()


async def serve(arguments: argparse.Namespace) -> None:
    """Serve until the process is ended."""
    loop = asyncio.get_running_loop()
    async with BotApiServer(arguments.token, arguments.host, arguments.port) as server:
        server.on_call = lambda call: show(vars(call))
        show({"listening": server.url})
        for line in arguments.script or ():
            act(server, line)

        def read() -> None:
            for line in sys.stdin:
                loop.call_soon_threadsafe(act, server, line)

        threading.Thread(target=read, daemon=True).start()
        await asyncio.Event().wait()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="A strict Bot API server for tests.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default="123456:TEST")
    parser.add_argument("--script", type=argparse.FileType(), help="a file of JSON lines to act on at the start")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
