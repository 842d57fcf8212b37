"""What the page about two servers says fits the files that it speaks of."""

from __future__ import annotations

import re
from pathlib import Path

from floorhand.store.db import address_of
from floorhand.store.server import servers_in

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
PAGE = (PACKAGING / "two-servers.md").read_text("utf-8")
FILES = sorted((PACKAGING / "two-servers").iterdir())
HOLE = re.compile(r"@[A-Z0-9_]+@")


def test_every_hole_in_a_file_is_filled_by_a_command_of_the_page() -> None:
    filled = set(re.findall(r"s[/|](@[A-Z0-9_]+@)", PAGE))
    holes = {hole for file in FILES for hole in HOLE.findall(file.read_text("utf-8"))}
    assert holes == filled
    for file in FILES:
        for line in file.read_text("utf-8").splitlines():
            found = HOLE.findall(line)
            assert len(found) == len(set(found)), line  # each is filled once in a line


def test_the_page_names_every_file_and_addresses_that_terminals_take() -> None:
    for file in FILES:
        assert f"packaging/two-servers/{file.name}" in PAGE
    addresses = re.findall(r"'(postgresql\+psycopg://[^']+)'", PAGE)
    assert len(addresses) == 2
    for address in addresses:
        assert servers_in(address_of(address)) == ("192.0.2.11:5432", "192.0.2.12:5432")
