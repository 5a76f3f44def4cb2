"""Requests as they come over a connection in, with their parameters; answers of the Bot API out."""

import asyncio
import json
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Request:
    """One request; its parameters come in the address, as a form, in parts or as JSON."""

    target: SplitResult
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """Where it goes."""
        return unquote(self.target.path)

    @property
    def stays(self) -> bool:
        """Whether the connection stays open for the next one."""
        return self.headers.get("connection", "").lower() != "close"

    def parameters(self) -> dict[str, Any]:
        """What it says, from the address and the body."""
        return dict(parse_qsl(self.target.query, keep_blank_values=True)) | self._in_body()

    def _in_body(self) -> dict[str, Any]:
        kind = self.headers.get("content-type", "")
        if kind.startswith("application/json"):
            return dict(json.loads(self.body))
        if kind.startswith("multipart/form-data"):
            whole = f"Content-Type: {kind}\r\n\r\n".encode() + self.body
            parts = BytesParser(policy=HTTP).parsebytes(whole).iter_parts()
            return {part.get_param("name", header="content-disposition"): _content(part) for part in parts}
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=bool(self.body)))


async def read(reader: asyncio.StreamReader) -> Request:
    """The next request of a connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(urlsplit(first.split(" ")[1]), headers, body)


async def answer(writer: asyncio.StreamWriter, status: int, value: dict[str, Any]) -> None:
    """Send `value` as JSON."""
    await _answer(writer, status, "application/json", json.dumps(value))


async def page(writer: asyncio.StreamWriter, status: int, html: str) -> None:
    """Send a page, as what stands before the Bot API does when that is away."""
    await _answer(writer, status, "text/html", html)


async def _answer(writer: asyncio.StreamWriter, status: int, kind: str, text: str) -> None:
    content = text.encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n"
    writer.write(head.encode() + content)
    await writer.drain()


def _content(part: Any) -> str | bytes:
    content: bytes = part.get_payload(decode=True)
    return content if part.get_filename() else content.decode()
