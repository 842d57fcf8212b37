"""`floorhand check` finds every kind of damage and names it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import NOW, SITE, new_warehouse
from homes import home_of
from shell import damage
from sqlalchemy import text
from warehouses.two_bins import stocked

from floorhand.cli import main
from floorhand.store.db import engine_of, open_database
from floorhand.store.proofs import prove
from floorhand.store.reading import reading


@pytest.fixture
def home(tmp_path: Path) -> str:
    engine_of(stocked(new_warehouse(tmp_path))).dispose()
    return home_of(tmp_path / "floor.db")


def check(home: str, capsys) -> tuple[int, dict]:
    with pytest.raises(SystemExit) as ended:
        main(["check", "--json", "--database", home])
    return ended.value.code, json.loads(capsys.readouterr().out)


def test_a_sound_warehouse_is_proved_with_figures(home, capsys) -> None:
    code, result = check(home, capsys)
    assert (code, result["ok"], result["pieces"], result["moves"]) == (0, True, 14, 2)


NEW_PICK = (
    "INSERT INTO task (site, id, kind, state, place, merchant, sku, lot, pieces, reason, "
    "created_at) VALUES ('MAIN', 't', 'pick', 'claimed', '', '', '', '', 0, '', '2026-01-01')",
    "INSERT INTO orders (site, merchant, number, state, hold_reason, channel, platform_id, "
    "platform_state, due_at, priority, customer, ship_to, carrier, service, instruction) VALUES "
    "('MAIN', 'ACME', '1', 'picking', '', '', '', '', '2026-01-01', 0, '', '{}', '', '', '')",
    'INSERT INTO order_line (site, merchant, "order", line_no, sku, ordered, picked, packed, '
    "short, short_reason, platform_ids) VALUES ('MAIN', 'ACME', '1', 1, 'MUG', 2, 0, 0, 0, '', '')",
    'INSERT INTO pick (site, id, task, merchant, "order", line_no, sku, lot, expiry, serial, '
    "condition, place, walk_no, pieces, picked, state, skips, missed) VALUES "
    "('MAIN', 'p', 't', 'ACME', '1', 1, 'MUG', '', '', '', 'available', 'A', "
    "1, 2, 0, 'open', 0, '')",
)


NEW_RETURN = (
    'INSERT INTO returns (site, number, paper_no, plate, "order", customer, kind, platform, '
    "platform_id, platform_state, combined_id, tracking, sender, custody, money, reason, place) "
    "VALUES ('MAIN', 'R1', '', '', '', '', '', '', '', '', '', '', '', 'received', 'none', '', '')",
    "INSERT INTO return_line (site, number, line_no, merchant, sku, advised, received, restocked, "
    "scrapped, held, reason, platform_ids) VALUES "
    "('MAIN', 'R1', 1, 'ACME', 'MUG', 1, 1, 0, 0, 0, '', '')",
)


@pytest.mark.parametrize(
    ("rule", "statements"),
    [
        (
            "stock_is_what_moves_add_up_to",
            ["UPDATE stock SET pieces = pieces + 1 WHERE place = 'A' AND sku = 'MUG'"],
        ),
        ("stock_is_what_moves_add_up_to", ["DELETE FROM stock WHERE place = 'A'"]),
        (
            "stock_is_what_moves_add_up_to",
            ["DROP TRIGGER move_no_delete", "DELETE FROM move WHERE row = 0"],
        ),
        ("nothing_below_zero", ["UPDATE stock SET pieces = -2 WHERE place = 'A'"]),
        ("pieces_are_conserved", ["UPDATE stock SET pieces = 3 WHERE place = '@supplier'"]),
        ("reserved_is_on_hand", ["UPDATE stock SET reserved = 99 WHERE place = 'A'"]),
        ("reserved_is_what_picks_need", ["UPDATE stock SET reserved = 1 WHERE place = 'A'"]),
        ("reserved_is_what_picks_need", NEW_PICK),
        (
            "only_available_is_promised",
            ["UPDATE stock SET reserved = 1, condition = 'hold' WHERE place = 'A'"],
        ),
        ("conditions_are_known", ["UPDATE stock SET condition = 'nice' WHERE place = 'A'"]),
        (
            "a_serial_is_in_one_place",
            ["UPDATE stock SET serial = 'S1', pieces = 2 WHERE place = 'A' AND sku = 'MUG'"],
        ),
        (
            "places_stand_in_no_circle",
            [
                "UPDATE place SET parent = 'B' WHERE code = 'A'",
                "UPDATE place SET parent = 'A' WHERE code = 'B'",
            ],
        ),
        ("void_places_are_empty", ["UPDATE place SET state = 'void' WHERE code = 'A'"]),
        (
            "moves_have_an_operation",
            ["DROP TRIGGER operation_no_delete", "DELETE FROM operation"],
        ),
        (
            "shipped_orders_are_complete",
            [*NEW_PICK[:3], "UPDATE orders SET state = 'shipped'"],
        ),
        (
            "parcels_hold_what_was_packed",
            [*NEW_PICK[:3], "UPDATE order_line SET picked = 1, packed = 1"],
        ),
        (
            "what_is_verified_is_in_the_tote",
            ["INSERT INTO checked VALUES ('MAIN', 'A', 'ACME', 'MUG', '', '', '', 11)"],
        ),
        ("returns_add_up", NEW_RETURN),
        (
            "a_tote_serves_one_walk",
            [
                NEW_PICK[0],
                NEW_PICK[0].replace("'t'", "'u'"),
                "INSERT INTO slot VALUES ('MAIN', 't', 1, 'ACME', '1', 'T-1', FALSE, 'released')",
                "INSERT INTO slot VALUES ('MAIN', 'u', 1, 'ACME', '2', 'T-1', FALSE, 'released')",
            ],
        ),
        (
            "goods_of_ended_orders_are_put_back",
            [
                NEW_PICK[1].replace("'picking'", "'cancelled'"),
                "UPDATE place SET kind = 'tote', order_no = 'ACME/1' WHERE code = 'A'",
            ],
        ),
        ("order_lines_add_up", [*NEW_PICK, "UPDATE order_line SET picked = 1"]),
    ],
)
def test_each_kind_of_damage_is_named(home, capsys, rule: str, statements) -> None:
    damage(home, *statements)
    code, result = check(home, capsys)
    assert code == 1
    assert rule in {one["rule"] for one in result["violations"]}


def test_check_says_it_in_words_too(home, capsys) -> None:
    damage(home, "UPDATE stock SET pieces = 11 WHERE place = 'A' AND sku = 'MUG'")
    with pytest.raises(SystemExit) as ended:
        main(["check", "--database", home])
    assert ended.value.code == 1
    told = capsys.readouterr()
    assert "A ACME/MUG" in told.err
    assert "moves say 10, stock says 11" in told.err


def test_nobody_waits_for_a_check_nor_does_it_for_anybody(home) -> None:
    transactions = open_database(home)
    with transactions.begin() as tx, reading(home) as other:
        tx.execute(text("UPDATE stock SET pieces = 11 WHERE place = 'A' AND sku = 'MUG'"))
        assert prove(other, SITE, NOW).proof.ok
        tx.rollback()
    engine_of(transactions).dispose()


def test_an_older_schema_is_not_brought_up_by_a_check(home, capsys) -> None:
    damage(home, "UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(SystemExit) as ended:
        main(["check", "--database", home])
    assert ended.value.code == 1
    assert "Its schema 0000 is older" in capsys.readouterr().err


@pytest.mark.sqlite("a file that is not there")
def test_check_does_not_make_a_database(tmp_path, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["check", "--database", str(tmp_path / "none.db")])
    assert ended.value.code == 1
    assert "There is no database" in capsys.readouterr().err
    assert not (tmp_path / "none.db").exists()
