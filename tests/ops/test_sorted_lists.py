"""Lists of those who lead: a key sorts them another way, in words, until the list is left."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import insert, update
from warehouses import picking
from warehouses.picker import Picker

from floorhand.commands.board import behind_line
from floorhand.commands.service import list_sight_of
from floorhand.config import Settings
from floorhand.domain.control import HoldSubject
from floorhand.domain.holds import Subject
from floorhand.domain.keymap import Key
from floorhand.domain.sorting import WAYS, turned
from floorhand.flows.columns import COLUMNS
from floorhand.ops.floor import take_seat
from floorhand.ops.settling import from_office
from floorhand.store.cells import in_words
from floorhand.store.db import Transactions, engine_of
from floorhand.store.onlooking import Onlooker
from floorhand.store.schema import Order, Place, Sku, Trouble, Worker
from floorhand.text.catalog import catalog
from floorhand.tui.board_parts import Target
from floorhand.tui.layout import lay_out
from floorhand.tui.view import View
from floorhand.tui.watching import MERCHANTS, Over, shown_over

BEGUN = str(NOW + timedelta(seconds=3))
"""When Ana has scanned her cart."""


@pytest.fixture
def floor(transactions: Transactions) -> Transactions:
    """Three orders, two of them held, and three exceptions."""
    picking.build(transactions)
    with transactions.begin() as tx:
        tx.execute(update(Worker).where(Worker.code == "W2").values(roles="lead"))
        tx.execute(update(Order).where(Order.number == "1003").values(priority=1))
        for number, (kind, pieces, owner) in enumerate(
            (("unknown_piece", 3, "W1"), ("no_bin", 9, ""), ("reprints", 1, ""))
        ):
            row = {"id": f"X/{number}", "kind": kind, "subject": f"S{number}", "pieces": pieces}
            at = NOW - timedelta(hours=9 * pieces + number)
            tx.execute(insert(Trouble).values(site=SITE, created_at=at, owner=owner, **row))
        for kind, code in (("sku", "MUG"), ("order", "1001")):
            from_office(tx, SITE, HoldSubject(Subject(kind, "ACME", code), "quality"), NOW)
    return transactions


def desk(floor: Transactions, *areas: str) -> Picker:
    bob = Picker(floor, "W2", job="leading")
    for area in areas:
        if area.startswith("*"):
            bob.scan(area)
            continue
        codes = [str(dict(one.facts).get("merchant", one.code)) for one in bob.prompt.choices]
        bob.scan(str(codes.index(area) + 1))
    return bob


def listed(bob: Picker) -> list[str]:
    """Name what is listed, in its order."""
    return [
        str(next((v for k, v in choice.facts if k in ("subject", "order", "merchant")), ""))
        or choice.label.partition(" ")[0]
        for choice in bob.prompt.choices
    ]


def way(bob: Picker) -> str:
    said = dict(bob.prompt.ask_facts)
    turned_round = said["sort_text"] == "sort.turned"
    told = str(said["way_text" if turned_round else "sort_text"]).removeprefix("sort.")
    return turned(told) if turned_round else told


def sort_by(bob: Picker, wanted: str) -> Picker:
    while way(bob) != wanted:
        bob.scan("*FULL")
    return bob


def test_exceptions_are_sorted_in_all_ways_and_stay_so_until_they_are_left(floor) -> None:
    bob = desk(floor, "exceptions")
    found = {way(bob): listed(bob)}
    ways = [sort for one in WAYS["exceptions"] for sort in (one, turned(one))]
    for _ in ways[1:]:
        bob.scan("*FULL")
        found[way(bob)] = listed(bob)
    assert list(found) == ways
    assert found["oldest"] == found["pieces"] == found["urgent"] == ["S1", "S0", "S2"]
    assert found["-oldest"] == found["-pieces"] == found["-urgent"] == ["S2", "S0", "S1"]
    assert found["kind"] == ["S1", "S2", "S0"]
    assert found["-kind"] == ["S0", "S2", "S1"]
    assert found["owner"] == ["S1", "S2", "S0"]
    assert found["-owner"] == ["S0", "S1", "S2"]
    bob.scan("1", "*BACK")
    assert way(bob) == "-owner"
    assert bob.scan("*FULL").prompt.ask_facts[1] == ("sort_text", "sort.urgent")
    bob.scan("*FULL", "*BACK")
    assert bob.prompt.ask == "leading.desk"


def test_orders_go_on_in_the_same_way_on_the_next_page(floor) -> None:
    with floor.begin() as tx:
        for number in range(8):
            picking.order(tx, f"2{number:03}", [("CAP", 1)], due_h=1 + (number % 3))
    bob = desk(floor, "control", "order")
    assert (way(bob), listed(bob)[0]) == ("urgent", "ACME/1003")
    first = listed(sort_by(bob, "subject"))
    assert first == sorted(first)
    bob.scan("*LIST")
    upwards = [*first, *listed(bob)]
    assert (way(bob), upwards) == ("subject", sorted(upwards))
    first = listed(sort_by(bob, "-subject"))
    bob.scan("*LIST")
    assert (way(bob), [*first, *listed(bob)]) == ("-subject", upwards[::-1])


def test_an_order_that_is_held_is_on_hold_in_the_list_and_its_table(floor) -> None:
    bob = desk(floor, "control", "order")
    facts = [dict(choice.facts) for choice in sort_by(bob, "state").prompt.choices]
    with floor.begin() as tx:
        found = behind_line(tx, SITE, Target("desk.order", ""), NOW)
    states = [(str(one["order"]), str(one["state_text"])) for one in facts]
    assert states == [
        ("ACME/1001", "order_state.hold"),
        ("ACME/1003", "order_state.released"),
        ("ACME/1002", "order_state.released"),
    ]
    assert dict(states) == {row[0]: row[1].key for row in found.rows}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("kind", "sort", "expected"),
    [
        ("held", "kind", ["ACME/1001", "ACME/MUG"]),
        ("held", "-kind", ["ACME/MUG", "ACME/1001"]),
        ("merchant", "orders", ["ACME", "BOLT"]),
        ("merchant", "-orders", ["BOLT", "FERN"]),
        ("merchant", "-subject", ["FERN", "BOLT"]),
        ("order", "due", ["ACME/1001", "ACME/1002"]),
        ("order", "-due", ["ACME/1003", "ACME/1001"]),
        ("order", "-urgent", ["ACME/1002", "ACME/1001"]),
    ],
)
def test_what_is_listed_at_the_control_is_sorted(floor, kind, sort, expected) -> None:
    bob = desk(floor, "control", kind)
    assert listed(sort_by(bob, sort))[:2] == expected


@pytest.mark.parametrize(
    ("area", "sort", "expected"),
    [
        ("seats", "busy", ["SEAT-W1", "SEAT-W2", "SEAT-9"]),
        ("seats", "-busy", ["SEAT-9", "SEAT-W1", "SEAT-W2"]),
        ("seats", "-subject", ["SEAT-W2", "SEAT-W1", "SEAT-9"]),
        ("seats", "-worker", ["SEAT-9", "SEAT-W2", "SEAT-W1"]),
        ("seats", "latest", ["SEAT-W2", "SEAT-W1", "SEAT-9"]),
        ("people", "busy", ["Ana", "Ben"]),
        ("people", "-subject", ["Ben", "Ana"]),
        ("people", "-number", ["W2", "W1"]),
    ],
)
def test_who_sits_where_and_works_here_is_sorted(floor, area, sort, expected) -> None:
    Picker(floor, "W1").scan("CART-1")
    take_seat(floor, SITE, "SEAT-9", now=NOW - timedelta(hours=1))
    bob = sort_by(desk(floor, area), sort)
    facts = [dict(one.facts) for one in bob.prompt.choices]
    told = "seat" if area == "seats" else "number" if sort == "-number" else "name"
    assert [one[told] for one in facts][: len(expected)] == expected
    view = View(bob.prompt, (), catalog("en"), job="leading", worker="Bob")
    rows = ["".join(part.text for part in row).split() for row in lay_out(view, 80, 24)]
    head = next(y for y, row in enumerate(rows) if "State" in row)
    assert expected[0] in rows[head + 1]
    last = str(facts[0]["at"] or facts[0]["seat"] or facts[0]["number"])  # nothing stands behind it
    assert rows[head + 1][-1] == last
    before = bob.prompt
    assert bob.scan("1", "*BACK").prompt == before == bob.scan("*PRINT", "*BACK").prompt


def test_work_is_sorted_and_stays_so_while_one_looks_at_it(floor) -> None:
    with floor.begin() as tx:
        tx.execute(update(Worker).where(Worker.code == "W1").values(roles="worker", name="Zoe"))
    Picker(floor, "W1").scan("CART-1")
    Picker(floor, "W1", seat="SEAT-2", job="counting").scan("BIN-A-01")
    bob = desk(floor, "control", "work")
    jobs = {}
    for _ in range(2 * len(WAYS["work"])):
        jobs[way(bob)] = [dict(choice.facts)["job_text"] for choice in bob.prompt.choices]
        bob.scan("*FULL")
    assert jobs["job"] == jobs["place"] == ["job.counting", "job.picking"]
    assert jobs["-job"] == jobs["-place"] == ["job.picking", "job.counting"]
    assert jobs["-oldest"] == jobs["oldest"][::-1]
    sort_by(bob, "-job").scan("1", "1", "*BACK", "*BACK")
    assert way(bob) == "-job"


def test_each_way_is_that_of_one_heading() -> None:
    for listed, ways in WAYS.items():
        assert sorted(filter(None, (one.way for one in COLUMNS[listed]))) == sorted(ways)


@pytest.mark.parametrize(
    "areas", [("exceptions",), ("control", "held"), ("control", "work"), ("seats",)]
)
def test_a_list_is_sorted_by_its_headings_and_says_by_which(floor, areas) -> None:
    Picker(floor, "W1").scan("CART-1")
    bob = desk(floor, *areas)
    for number, column in enumerate(bob.prompt.columns, 1):
        assert column.fact in dict(bob.prompt.choices[0].facts)
        leads_to = bob.prompt.columns[number - 1].way
        turn = bob.scan(f"*SORT {number}")
        if column.way:
            assert way(bob) == leads_to
            (mark,) = (one for one in turn.prompt.columns if one.sorted)
            assert mark.head == column.head
            (again,) = (one for one in bob.scan(f"*SORT {number}").prompt.columns if one.sorted)
            assert (way(bob), again.down) == (turned(leads_to), not mark.down)
        else:
            assert turn.said.text == "refusal.unknown_barcode"
    assert bob.scan("*SORT 9").said.text == "refusal.unknown_barcode"


def test_headings_stand_where_there_is_room_for_a_table_that_tells_the_entries_apart(floor) -> None:
    bob = desk(floor, "exceptions")

    def shown(width: int, height: int) -> list[str]:
        view = View(bob.prompt, (), catalog("en"), job="exceptions", worker="Bob")
        return ["".join(part.text for part in row) for row in lay_out(view, width, height)]

    bob.scan("*SORT 3")
    wide = shown(80, 24)
    head = next(y for y, row in enumerate(wide) if "Pieces ▼" in row)
    assert wide[head].split() == ["What", "About", "Pieces", "▼", "Age", "Due", "Whose"]
    assert [row.split()[0] for row in wide[head + 1 : head + 4]] == ["1", "2", "3"]
    assert not any("Whose" in row for row in shown(79, 24))
    with floor.begin() as tx:
        tx.execute(update(Trouble).values(kind="no_bin", subject="S", pieces=1, owner=""))
        tx.execute(update(Trouble).values(created_at=NOW))
    bob.scan("*SORT 3")
    assert not any("Whose" in row for row in shown(80, 24))


@pytest.mark.parametrize(
    ("areas", "over", "first"),
    [
        (("exceptions",), Over("desk.exceptions"), ["No bin for goods", "S1"]),
        (("control", "held"), Over("desk.held"), ["Order", "ACME/1001", "Quality in doubt"]),
        (("control", "order"), Over("desk.order"), ["ACME/1003", "Being picked"]),
        (("control", "merchant"), Over("desk.merchant"), ["ACME"]),
        (("control", "work"), Over("desk.work"), ["Picking", "CART-1"]),
        (("planning",), Over("desk.plan"), ["Counts"]),
        (("control", "rules"), Over("desk.site_rules"), ["Proof of a place, per zone"]),
        (("control", "merchant", "ACME", "rules"), Over("desk.rules", "ACME"), ["Short orders"]),
        (("seats",), Over("desk.seats"), ["SEAT-W1", "Ana", "Picking"]),
        (("people",), Over("desk.people"), ["W1", "Ana", "SEAT-W1"]),
        (("people", "W1", "deeds"), Over("desk.deeds_worker", "W1"), [BEGUN, "Ana", "SEAT-W1"]),
        (("seats", "SEAT-W1", "deeds"), Over("desk.deeds_seat", "SEAT-W1"), [BEGUN, "Ana"]),
        (("handing_over",), Over("desk.left"), ["Exceptions", "S1", "No bin for goods"]),
        (("handing_over", "troubles"), Over("desk.left", "troubles"), ["Exceptions", "S1"]),
        (("exceptions", "*SKIP"), Over("desk.kinds"), ["No bin for goods", "1", "→"]),
        (("exceptions", "X/1", "assign"), Over("desk.owners", "X/1"), ["W2", "Ben", "SEAT-W2"]),
    ],
)
def test_each_list_is_a_table_on_a_screen_of_its_own_until_one_goes_back(
    floor, areas, over, first
) -> None:
    Picker(floor, "W1").scan("CART-1")
    bob = desk(floor, *areas)
    before = bob.prompt
    assert dict(before.keys)[Key.PRINT] == "key.table"
    assert shown_over(before) is None
    assert shown_over(bob.scan("*PRINT").prompt) == over
    assert bob.scan("X-1").said.tone == "refused"
    with floor.begin() as tx:
        found = behind_line(tx, SITE, Target(over.kind, over.which), NOW)
    words = catalog("en")
    told = [[in_words(value, words, str) for value in row] for row in found.rows]
    assert first in [cells[: len(first)] for cells in told]
    assert bob.scan("*BACK").prompt == before


@pytest.mark.parametrize(
    ("areas", "sort", "expected"),
    [
        (("exceptions", "*SKIP"), "count", ["no_bin", "reprints", "unknown_piece"]),
        (("exceptions", "*SKIP"), "-kind", ["unknown_piece", "reprints", "no_bin"]),
        (("exceptions", "X/1", "assign"), "-subject", ["W2", "W1"]),
        (("exceptions", "X/1", "assign"), "number", ["W1", "W2"]),
        (("serving",), "orders", ["ACME", "BOLT"]),
        (("serving",), "-subject", ["FERN", "BOLT"]),
    ],
)
def test_lists_of_kinds_names_and_merchants_are_sorted_too(floor, areas, sort, expected) -> None:
    with floor.begin() as tx:
        tx.execute(update(Worker).values(roles="lead"))
    bob = sort_by(desk(floor, *areas), sort)
    assert [one.code for one in bob.prompt.choices][: len(expected)] == expected
    before = bob.prompt
    assert bob.scan("*PRINT", "*BACK").prompt == before


def test_the_table_of_those_who_serve_merchants_opens_nothing_else(floor) -> None:
    bob = desk(floor, "serving")
    over = shown_over(bob.scan("*PRINT").prompt)
    assert over == Over(MERCHANTS)
    url = engine_of(floor).url.render_as_string(hide_password=False)
    settings = Settings(database=url, site=SITE)
    onlooker = Onlooker(url)
    sight = list_sight_of(settings, onlooker, catalog("en"), UTC)
    found = sight.look(sight.first).details
    assert found is not None
    assert [row[0] for row in found.rows] == ["ACME", "BOLT", "FERN"]
    for other in (Target("found", "MUG-1"), Target("order", "ACME/1001"), Target("desk.order", "")):
        behind = sight.look(other).details
        assert behind is not None
        assert (behind.rows, behind.facts[0][0]) == ((), "details.unknown")
    onlooker.close()


def test_those_who_may_have_work_are_a_table_and_sorted(floor) -> None:
    with floor.begin() as tx:
        for code, name in (("W3", "Cai"), ("W4", "Abe")):
            row = {"site": SITE, "code": code, "name": name, "badge": f"BADGE-{name.upper()}"}
            tx.execute(insert(Worker).values(**row, roles="worker"))
        tx.execute(update(Worker).where(Worker.code == "W1").values(roles="worker"))
    Picker(floor, "W1").scan("CART-1")
    bob = desk(floor, "control", "work", "0", "give")

    def codes() -> list[str]:
        return [one.code for one in bob.prompt.choices]

    assert (way(bob), codes()) == ("busy", ["W2", "W4", "W3"])
    sort_by(bob, "number")
    assert codes() == ["W2", "W3", "W4"]
    over = shown_over(bob.scan("*PRINT").prompt)
    with floor.begin() as tx:
        found = behind_line(tx, SITE, Target(over.kind, over.which), NOW)
    told = [[in_words(value, catalog("en"), str) for value in row] for row in found.rows]
    assert [row[:2] for row in told] == [["W2", "Ben"], ["W3", "Cai"], ["W4", "Abe"]]
    bob.scan("*BACK")
    assert (way(bob), codes()) == ("number", ["W2", "W3", "W4"])


def test_what_several_merchants_call_alike_is_a_table_and_sorted(floor) -> None:
    with floor.begin() as tx:
        for merchant, name in (("BOLT", "Mug of theirs"), ("FERN", "Fern's mug")):
            row = {"site": SITE, "merchant": merchant, "code": "MUG", "name": name}
            tx.execute(insert(Sku).values(**row))
    bob = desk(floor, "control")
    bob.scan("MUG")
    assert listed(bob) == ["ACME/MUG", "BOLT/MUG", "FERN/MUG"]
    assert listed(sort_by(bob, "-subject")) == ["FERN/MUG", "BOLT/MUG", "ACME/MUG"]
    assert listed(sort_by(bob, "pieces"))[0] == "ACME/MUG"
    before = bob.prompt
    assert shown_over(bob.scan("*PRINT").prompt) == Over("desk.sku", "MUG")
    with floor.begin() as tx:
        found = behind_line(tx, SITE, Target("desk.sku", "MUG"), NOW)
    assert [row[1] for row in found.rows][1:] == ["Mug of theirs", "Fern's mug"]
    assert bob.scan("*BACK").prompt == before
    assert bob.scan("2").prompt.ask_facts == (("subject", "BOLT/MUG"),)


@pytest.mark.parametrize(
    ("areas", "heads"),
    [
        (("control", "rules"), ["Rule", "Value"]),
        (("control", "merchant", "ACME", "rules"), ["Rule", "Value"]),
        (("people", "W1", "deeds"), ["When", "Who", "What"]),
        (("handing_over",), ["What", "Number"]),
    ],
)
def test_lists_that_do_not_sort_have_headings_all_the_same(floor, areas, heads) -> None:
    Picker(floor, "W1").scan("CART-1")
    bob = desk(floor, *areas)
    view = View(bob.prompt, (), catalog("en"), job="leading", worker="Bob")
    rows = ["".join(part.text for part in row).split() for row in lay_out(view, 80, 24)]
    assert heads in rows


def test_the_table_of_exceptions_about_a_thing_has_no_others(floor) -> None:
    bob = desk(floor, "exceptions")
    with floor.begin() as tx:
        tx.execute(update(Trouble).where(Trouble.subject == "S2").values(subject="A-01"))
    bob.scan("BIN-A-01")
    assert len(bob.prompt.choices) == 1
    over = shown_over(bob.scan("*PRINT").prompt)
    with floor.begin() as tx:
        found = behind_line(tx, SITE, Target(over.kind, over.which), NOW)
    assert [row[1] for row in found.rows] == ["A-01"]


def test_what_is_to_be_counted_and_filled_up_is_told_by_bin(floor) -> None:
    def told(which: str) -> list[list[str]]:
        with floor.begin() as tx:
            later = NOW + timedelta(days=400)
            found = behind_line(tx, SITE, Target(f"desk.{which}", ""), later)
        return [[in_words(value, catalog("en"), str) for value in row] for row in found.rows]

    due = told("counts")
    assert {row[1] for row in due} == {"due"}
    desk(floor, "planning").scan("BIN-A-01")
    asked, *others = told("counts")
    assert asked[:2] == ["A-01", "asked for"]
    assert "a worker wanted it" in asked
    assert [row[0] for row in others] == [row[0] for row in due if row[0] != "A-01"]
    with floor.begin() as tx:
        tx.execute(update(Place).where(Place.code == others[-1][0]).values(full=True))
    assert "was said to be full" in told("counts")[1]
    assert told("refills") == []
    assert told("plan") == [["Counts", str(len(due)), "→"], ["Refills", "0", "→"]]


def test_what_the_books_have_in_a_place_is_sorted_and_a_table(floor) -> None:
    bob = desk(floor, "correcting")
    bob.scan("BIN-B-01")
    lots = [str(dict(one.facts)["goods"]) for one in bob.prompt.choices]
    assert [lot[:2] for lot in lots] == ["L1", "L2", "L3"]
    sort_by(bob, "-expiry")
    turned_round = [str(dict(one.facts)["goods"]) for one in bob.prompt.choices]
    assert turned_round == lots[::-1]
    before = bob.prompt
    assert shown_over(bob.scan("*PRINT").prompt) == Over("desk.stock", "B-01")
    with floor.begin() as tx:
        found = behind_line(tx, SITE, Target("desk.stock", "B-01"), NOW)
    assert found.heads == ("sku", "name", "pieces", "lot", "expiry")
    assert [row[3] for row in found.rows] == ["L1", "L2", "L3"]
    assert bob.scan("*BACK").prompt == before
    goods = dict(bob.scan("1").prompt.facts)
    assert bob.prompt.goods[0].note.startswith("L3"), goods
