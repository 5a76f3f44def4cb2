"""The dashboard and the alerts ask for numbers that the bot shows."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot import metrics
from bot.health import Health
from retrieval import Engine

DEPLOY = Path(__file__).parents[1] / "deploy"
OF_PROMETHEUS = {"up"}


@dataclass(frozen=True)
class Depth:
    waiting: int = 0
    oldest: float = 0.0
    aside: int = 0


@pytest.fixture
def shown(engine: Engine, tmp_path: Path) -> Iterator[dict[str, set[str]]]:
    """The names on the page of a bot that runs, each with its labels."""
    metrics.watch(engine, tmp_path / "cache.db", Depth, lambda: Health(1.0))
    names: dict[str, set[str]] = {name: {"job"} for name in OF_PROMETHEUS}
    for family in text_string_to_metric_families(metrics.page().decode()):
        for one in family.samples:
            names.setdefault(one.name, {"job"}).update(one.labels)
    yield names
    metrics._watched.clear()


@pytest.fixture
def dashboard() -> Any:
    return json.loads((DEPLOY / "grafana" / "dateline.json").read_text(encoding="utf-8"))


def rules() -> list[Any]:
    """The alerts."""
    groups = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def asked_for(expression: str) -> set[str]:
    """The names of numbers in an expression."""
    return set(re.findall(r"\b(?:dateline|process)_\w+|\bup\b", expression))


def labels(expression: str) -> set[str]:
    """The labels that an expression looks at."""
    grouped = [name for group in re.findall(r"\bby \(([^)]*)\)", expression) for name in group.split(",")]
    chosen = re.findall(r"[{,]\s*(\w+)\s*(?:=~?|!=|!~)", expression)
    return {name.strip() for name in (*grouped, *chosen)}


def check(expression: str, shown: dict[str, set[str]]) -> None:
    names = asked_for(expression)
    assert names
    assert names <= shown.keys(), expression
    assert labels(expression) <= set().union(*(shown[name] for name in names)), expression


async def test_each_panel_shows_numbers_of_the_page(dashboard: Any, shown: dict[str, set[str]]) -> None:
    """By names and labels that are there, with a title and a unit."""
    assert dashboard["title"] == "Dateline"
    for panel in dashboard["panels"]:
        assert panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["targets"]
        for target in panel["targets"]:
            check(target["expr"], shown)
            for label in re.findall(r"{{(\w+)}}", target["legendFormat"]):
                assert any(label in shown[name] for name in asked_for(target["expr"]))


async def test_nothing_that_the_bot_counts_is_left_out(dashboard: Any, shown: dict[str, set[str]]) -> None:
    """Every number of the bot's own is in some panel."""
    seen = {name for panel in dashboard["panels"] for one in panel["targets"] for name in asked_for(one["expr"])}
    own = {re.sub(r"_(?:bucket|count|sum)$", "", name) for name in shown if name.startswith("dateline")}
    assert own == {re.sub(r"_bucket$", "", name) for name in seen if name.startswith("dateline")}


def test_panels_stand_beside_each_other(dashboard: Any) -> None:
    """None covers another, each fits in the 24 columns, and none has the number of another."""
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_grafana_finds_its_numbers_and_the_dashboard(dashboard: Any) -> None:
    """The panels name the source that is provisioned, and the folder that is mounted holds the dashboard."""
    provisioning = DEPLOY / "grafana" / "provisioning"
    [source] = yaml.safe_load((provisioning / "datasources" / "prometheus.yml").read_text())["datasources"]
    used = {one["datasource"]["uid"] for panel in dashboard["panels"] for one in (panel, *panel["targets"])}
    assert used == {source["uid"]}
    [provider] = yaml.safe_load((provisioning / "dashboards" / "dateline.yml").read_text())["providers"]
    compose = (DEPLOY.parent / "docker-compose.yml").read_text(encoding="utf-8")
    assert f"target: {provider['options']['path']}" in compose


async def test_each_alert_asks_for_numbers_of_the_page(shown: dict[str, set[str]]) -> None:
    """And says in words what is wrong."""
    for rule in rules():
        check(rule["expr"], shown)
        assert rule["annotations"]["summary"]
    assert len({rule["alert"] for rule in rules()}) == len(rules())


def test_what_has_to_wake_somebody_does() -> None:
    """There is an alert for each: a part that is ill, updates that wait or were set aside, errors."""
    asked = set().union(*(asked_for(rule["expr"]) for rule in rules()))
    assert {"dateline_" + name for name in ("well", "inbox_oldest_seconds", "inbox_set_aside", "errors_total")} <= asked
