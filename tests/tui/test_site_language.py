"""Until somebody signs in screens speak the terminal's language, else that of the site."""

from __future__ import annotations

import io
import sys

import pytest
from conftest import NOW, SITE
from sqlalchemy import update
from tui.screens import picture, settled, with_reader
from warehouses import people

from floorhand.cli import main
from floorhand.commands.terminal import catalogs_of
from floorhand.config import Settings
from floorhand.domain.rules import SiteRules
from floorhand.ops.devices import ANYBODY
from floorhand.store.db import Transactions, engine_of
from floorhand.store.schema import SiteRow
from floorhand.text.catalog import catalog
from floorhand.tui.app import FloorhandApp
from floorhand.tui.road import FloorRoad

CASES = [("it", "", "it"), ("it", "de", "de"), ("en", "", "en"), ("xx", "", "en")]
"""The site's language, the terminal's, and what is spoken."""


def speak(transactions: Transactions, language: str) -> None:
    people.build(transactions)
    rules = SiteRules(language=language).to_json()
    with transactions.begin() as tx:
        tx.execute(update(SiteRow).values(rules=rules))


def asked(language: str) -> str:
    return catalog(language).say("sign_in.scan_badge")


@pytest.mark.parametrize(("site", "terminal", "spoken"), CASES)
async def test_the_sign_in(transactions, site: str, terminal: str, spoken: str) -> None:
    speak(transactions, site)
    road = FloorRoad(
        lambda: transactions,
        **{"site": SITE, "seat": "T1", "station": ""},
        now=lambda: NOW,
        identify=lambda: ANYBODY,
    )
    words = catalogs_of(Settings(language=terminal), lambda: road.language)
    app = with_reader(FloorhandApp(road, words, now=lambda: NOW))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert asked(spoken) in picture(pilot.app)


def test_plain_lines_too(transactions, monkeypatch, capsys) -> None:
    speak(transactions, "it")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    url = engine_of(transactions).url.render_as_string(hide_password=False)
    with pytest.raises(SystemExit):
        main(["talk", "--database", url])
    assert asked("it") in capsys.readouterr().out


def test_help_is_in_english(monkeypatch, capsys) -> None:
    monkeypatch.setenv("FLOORHAND_LANGUAGE", "it")
    with pytest.raises(SystemExit):
        main(["terminal", "--help"])
    assert "name of this terminal" in capsys.readouterr().out
