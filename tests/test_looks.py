"""What is known of the latest look at the corpus."""

import asyncio
import time
from pathlib import Path

import pytest

from retrieval import CatalogInvalid, Engine, EngineSettings, Look
from retrieval.looks import Looks


async def test_opened(bridges: Path, tmp_path: Path) -> None:
    """An engine that is open has looked at its corpus just before, and serves so many passages."""
    before = time.monotonic()
    async with Engine.open(EngineSettings(bridges, tmp_path / "data")) as engine:
        look = engine.look
        assert ("", False) == (look.problem, look.under_way)
        assert look.at is not None
        assert before <= look.at <= time.monotonic()
        assert sum(len(engine.passages(name)) for name in engine.articles) == engine.size > 0


async def test_failed(bridges: Path, tmp_path: Path) -> None:
    """A mistake of the keeper's is told by its code, and when they were last read stays; mended, all is well."""
    async with Engine.open(EngineSettings(bridges, tmp_path / "data")) as engine:
        before = engine.look.at
        (bridges / "catalog.toml").write_text("date = soon\n", encoding="utf-8")
        with pytest.raises(CatalogInvalid):
            await engine.refresh()
        assert Look(before, "catalog_invalid") == engine.look
        (bridges / "catalog.toml").unlink()
        await engine.refresh()
        assert engine.look.problem == ""
        assert (engine.look.at or 0) > (before or 0)


def test_a_fault() -> None:
    """What is no error of ours is told by its name, without its words."""
    looks = Looks()
    with looks.looking():
        assert looks.latest.under_way
    with pytest.raises(ZeroDivisionError), looks.looking():
        raise ZeroDivisionError("secret")
    assert "ZeroDivisionError" == looks.latest.problem


def test_broken_off() -> None:
    """A look that is broken off is no problem, and not under way any more."""
    looks = Looks()
    with pytest.raises(asyncio.CancelledError), looks.looking():
        raise asyncio.CancelledError
    assert Look() == looks.latest
