"""A Bot API server on loopback, strict, for tests: a bot's calls in, Telegram's answers and people's messages out.

Updates have real offsets and a real long poll; every call is recorded, and so is every call that Telegram would refuse
or that comes faster than it allows. On its own (`python tests/botapi_server.py --port 8081 --token 123:abc`) it prints
each call as one line of JSON and reads what people do from standard input, one line of JSON for each deed; a file of
such lines can be played at the start with --script:

    {"chat": 7, "text": "Hello"}                    also "person": 9, "reply_to_message": 2, further fields of a message
    {"chat": 7, "edit": 1, "text": "Hello!"}        the number of the message, here and below
    {"chat": 7, "press": 2}                         the first button, or "label": "More", or "data": "x"
    {"inline": "who leads", "person": 9}            also "offset": "10"
    {"choose": 0, "chat": 7}                        a card of the last inline answer
    {"person": 9, "language_code": "fr"}            what is said of a person from now on
    {"chat": -5, "topic": "News"}                   and {"chat": -5, "type": "group"}
    {"chat": 7, "delete": 1}, {"block": 7}, {"kick": -5}, {"migrate": -5}, {"expire": "12"}
    {"fail": "sendMessage", "status": 500}, {"drop": "sendMessage"}, {"delay": "sendMessage", "seconds": 1}
    {"lose": "sendMessage", "how": "hang before"}
    {"trouble": 0.3}                                also "seed": 1; {"trouble": 0} ends it
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
from typing import Any, Self

import botapi_http as http
import botapi_rules as rules
from botapi_failures import PAGE, Dropped, Failures, NoAnswer, Told
from botapi_markup import Refused
from botapi_methods import Methods
from botapi_pace import Pace, retry_after
from botapi_people import People
from botapi_world import BOT, ME

__all__ = ["BOT", "ME", "BotApiServer", "Call"]

REMEMBERED = 5_000
"""Messages that are there in a long run."""

PACED = re.compile("(sendMessage|edit.*)$")


@dataclass
class Call:
    """One call of the bot: its parameters as checked (as they came when refused), and what was wrong with it."""

    method: str
    parameters: dict[str, Any]
    refused: str = ""
    hurried: str = ""
    trouble: str = ""
    at: float = field(default_factory=time.monotonic)


class BotApiServer(Failures, People, Methods):
    """`async with BotApiServer(token) as server`; the address is `server.url`."""

    def __init__(self, token: str, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__()
        self.token = token
        self.host = host
        self.port = port
        self.calls: list[Call] = []
        self.pace = Pace()
        self.strict = False
        """Whether a call that comes too fast gets a 429 instead of being only remembered."""
        self.on_call: Callable[[Call], None] = lambda call: None
        self._polls = 0
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connection, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._end_deliveries()
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

    @property
    def hurried(self) -> list[Call]:
        """The messages and edits that came faster than Telegram allows; `call.hurried` says which limit it was."""
        return [call for call in self.calls if call.hurried]

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

    def forget(self) -> None:
        """Remember no call, and of the messages only the latest: a run may be longer than there is memory."""
        self.calls.clear()
        self.sent.clear()
        while len(self._messages) > REMEMBERED:
            self._remove(next(iter(self._messages)))

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
        request = await http.read(reader)
        try:
            answer = {"ok": True, "result": await self._answer(request.path, request.parameters(), reader)}
            status = 200
        except NoAnswer:
            await http.page(writer, 502, PAGE)
            return request.stays
        except Refused as refused:
            status = refused.status
            answer = {"ok": False, "error_code": status, "description": refused.description}
            answer |= {"parameters": refused.parameters} if refused.parameters else {}
        await http.answer(writer, status, answer)
        return request.stays

    async def _answer(self, path: str, raw: dict[str, Any], reader: asyncio.StreamReader) -> Any:
        match = re.fullmatch(r"/bot([^/]*)/([A-Za-z]+)", path)
        token, method = match.groups() if match else ("", path)
        call = Call(method, raw)
        self.calls.append(call)
        try:
            if token != self.token:
                raise Refused("Unauthorized", 401) if re.fullmatch(r"\d+:[\w-]+", token) else Refused("Not Found", 404)
            call.parameters = rules.read(method, raw)
            self._time(call)
            await self._wait(method)
            return await self._unless_it_fails(call, reader)
        except Refused as refused:
            if not isinstance(refused, Told):
                call.refused = f"{refused.status} {refused.description}"
            raise
        finally:
            self.on_call(call)
            self._notify()

    def _time(self, call: Call) -> None:
        """Remember whether a message comes too fast. Raises Refused for it when the server is strict."""
        if not PACED.match(call.method) or "chat_id" not in call.parameters:
            return
        chat = self._number(call.parameters["chat_id"])
        broken = self.pace.broken_by(chat, call.at)
        call.hurried = "; ".join(why for why, _ in broken)
        if broken and self.strict:
            pause = retry_after(broken)
            raise Refused(f"Too Many Requests: retry after {pause}", 429, retry_after=pause)
        self.pace.arrive(chat, call.at)

    async def _wait(self, method: str) -> None:
        """Let a call of `method` take as long as it has to."""
        if method in self._paused:
            self._notify()
            await self._paused[method].wait()
        await asyncio.sleep(self._delays.get(method, 0))

    async def _unless_it_fails(self, call: Call, reader: asyncio.StreamReader) -> Any:
        """Carry a call out, before or after what happens to it. Raises Dropped, NoAnswer and Refused."""
        call.trouble = self._drawn(call.method)
        how, _, when = call.trouble.partition(" ")
        if when == "before":
            await self._lose(how, reader)
        if (failure := self._due(call.method, how)) is not None:
            if failure.retry_after and "chat_id" in call.parameters:
                chat = self._number(call.parameters["chat_id"])
                self.pace.hold(chat, call.at + failure.retry_after)
            raise Told(failure)
        result = await self._carry_out(call, reader)
        if when == "after":
            await self._lose(how, reader)
        return result

    async def _lose(self, how: str, reader: asyncio.StreamReader) -> None:
        """Raises Dropped, at once or when the bot has had enough."""
        self._notify()
        if how == "hang":
            await reader.read(1)
        raise Dropped

    async def _carry_out(self, call: Call, reader: asyncio.StreamReader) -> Any:
        if call.method == "getUpdates":
            return await self._get_updates(call.parameters, reader)
        return self._result(call.method, call.parameters)

    def _so_far(self) -> str:
        calls = [f"{call.method}{f' ({call.refused})' if call.refused else ''}" for call in self.calls]
        return f"calls: {', '.join(calls)}; {super()._so_far()}"

    async def _get_updates(self, values: dict[str, Any], reader: asyncio.StreamReader) -> list[dict[str, Any]]:
        if self.webhook:
            raise Refused("Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first", 409)
        self._polls += 1
        number, end = self._polls, time.monotonic() + min(values.get("timeout", 0), 50)
        self._notify()
        if "allowed_updates" in values:
            self._allowed = set(values["allowed_updates"]) or None
        offset = values.get("offset", 0)
        if offset < 0:
            self._updates = self._updates[offset:]
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        while not self._updates and time.monotonic() < end and not reader.at_eof():
            if self.webhook:
                raise Refused("Conflict: terminated by setWebhook request", 409)
            if self._polls != number:
                raise Refused("Conflict: terminated by other getUpdates request; make sure that only one bot runs", 409)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(0.05, end - time.monotonic())):
                    await self._changed.wait()
        if reader.at_eof():
            raise Dropped
        return self._updates[: values.get("limit", 100)]


def act(server: BotApiServer, line: str) -> None:
    """Do what one line of JSON says."""
    deed: dict[str, Any] = json.loads(line)
    kind = next((name for name in _DEEDS if name in deed), "text")
    subject = deed.pop(kind)
    if kind in ("edit", "press", "delete"):
        subject = server._messages[deed.pop("chat"), subject]
    if "chat" in deed and kind != "chat":
        deed["chat_id"] = deed.pop("chat")
    _DEEDS[kind](server, subject, **deed)


def _choose(server: BotApiServer, number: int, chat_id: int) -> None:
    server.choose(list(server.inline_answers)[-1], number, chat_id)


_DEEDS: dict[str, Callable[..., Any]] = {
    "fail": BotApiServer.fail,
    "drop": BotApiServer.drop,
    "delay": BotApiServer.delay,
    "lose": BotApiServer.lose,
    "trouble": BotApiServer.trouble,
    "edit": BotApiServer.edit,
    "press": BotApiServer.press,
    "inline": BotApiServer.inline,
    "choose": _choose,
    "topic": lambda server, name, chat_id: server.topic(chat_id, name),
    "delete": BotApiServer.delete,
    "block": BotApiServer.block,
    "kick": BotApiServer.kick,
    "migrate": BotApiServer.migrate,
    "expire": BotApiServer.expire,
    "text": lambda server, text, chat_id, **fields: server.say(chat_id, text, **fields),
    "chat": BotApiServer.chat,
    "person": BotApiServer.person,
}


def show(fact: dict[str, Any]) -> None:
    """Print one line of JSON."""
    sys.stdout.write(json.dumps(fact, default=repr) + "\n")
    sys.stdout.flush()


def tell(server: BotApiServer, call: Call) -> None:
    """Print what a long run wants to know of a call, and remember none of them."""
    fact = {"method": call.method, "chat_id": call.parameters.get("chat_id"), "at": call.at}
    show(fact | {"refused": call.refused, "hurried": call.hurried})
    server.forget()


async def serve(arguments: argparse.Namespace) -> None:
    """Serve until the process is ended."""
    loop = asyncio.get_running_loop()
    async with BotApiServer(arguments.token, arguments.host, arguments.port) as server:
        server.pace = Pace().faster(arguments.faster)
        server.gateway = arguments.gateway
        server.on_call = (lambda call: tell(server, call)) if arguments.brief else (lambda call: show(vars(call)))
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
    parser.add_argument("--faster", type=float, default=1, help="how many times Telegram's pace is allowed")
    parser.add_argument("--gateway", default="", help="where deliveries go instead of the webhook's https://host")
    parser.add_argument("--brief", action="store_true", help="print little of a call, and remember nothing of it")
    parser.add_argument("--script", type=argparse.FileType(), help="a file of JSON lines to act on at the start")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
