"""The box proposal: never a box in which a piece cannot lie, and a placement behind each claim."""

from __future__ import annotations

import csv
import lzma
from collections import defaultdict
from itertools import combinations

import pytest

from floorhand.domain import cartons
from floorhand.domain.cartons import (
    OUTSIDE,
    Block,
    Box,
    Pieces,
    Proposal,
    fit,
    lies_in,
    place,
    propose_among,
    propose_box,
)

S = Box("S", 200, 150, 100, carries_g=3_000)
M = Box("M", 300, 270, 200, carries_g=12_000)
L = Box("L", 600, 400, 400, carries_g=25_000)
BOXES = (L, S, M)


def pieces(length: int, width: int, height: int, number: int = 1, weight_g: int = 100) -> Pieces:
    return Pieces(length, width, height, weight_g, number)


def overlap(one: Block, other: Block) -> bool:
    return all(
        a < b + length_b and b < a + length_a
        for a, length_a, b, length_b in zip(one.at, one.sides, other.at, other.sides, strict=True)
    )


def assert_lie_apart(box: Box, blocks: tuple[Block, ...]) -> None:
    inner = (box.length_mm, box.width_mm, box.height_mm)
    for block in blocks:
        for at, side, room in zip(block.at, block.sides, inner, strict=True):
            assert 0 <= at < at + side <= room, (box, block)
    for one, other in combinations(blocks, 2):
        assert not overlap(one, other), (one, other)


@pytest.mark.parametrize(
    ("goods", "proposal"),
    [
        ((pieces(110, 90, 100),), Proposal("S", cartons.FITS)),
        ((pieces(100, 200, 150),), Proposal("S", cartons.FITS)),
        ((pieces(210, 20, 20),), Proposal("M", cartons.FITS_SIDE)),
        ((pieces(110, 90, 100, 4),), Proposal("M", cartons.FITS_VOLUME)),
        ((pieces(50, 50, 50, 1, 3_001),), Proposal("M", cartons.FITS_WEIGHT)),
        ((pieces(300, 250, 200, 9),), Proposal("L", cartons.SEVERAL)),
        ((pieces(50, 50, 50, 10, 3_000),), Proposal("L", cartons.SEVERAL)),
        ((pieces(700, 10, 10),), Proposal("", cartons.TOO_LARGE)),
        ((pieces(10, 10, 10, 1, 25_001),), Proposal("", cartons.TOO_HEAVY)),
        ((pieces(0, 0, 0),), Proposal("", cartons.NOT_KNOWN)),
        ((pieces(0, 0, 0), pieces(110, 90, 100)), Proposal("M", cartons.BY_COUNT)),
        ((pieces(0, 0, 0), pieces(700, 10, 10)), Proposal("", cartons.TOO_LARGE)),
    ],
)
def test_the_smallest_box_that_takes_everything_is_proposed(goods, proposal) -> None:
    assert propose_box(BOXES, goods) == proposal


def test_without_box_types_nothing_is_proposed() -> None:
    assert propose_box((), (pieces(10, 10, 10),)) == Proposal("", cartons.NO_BOXES)


def test_a_site_with_one_box_uses_it_for_goods_of_unknown_size() -> None:
    assert propose_box((M,), (pieces(0, 0, 0),)) == Proposal("M", cartons.BY_COUNT)


def test_volume_alone_does_not_make_goods_fit() -> None:
    box = Box("B", 100, 100, 100)
    goods = (pieces(60, 60, 60, 2),)
    assert sum(line.volume_mm3 for line in goods) < box.volume_mm3 / 2
    assert propose_box((box,), goods) == Proposal("B", cartons.SEVERAL)


def test_one_piece_may_fill_its_box_but_many_need_a_little_room() -> None:
    assert fit(Box("B", 100, 100, 100), (pieces(100, 100, 100),)) == cartons.FITS
    assert fit(Box("B", 100, 100, 100), (pieces(50, 50, 50, 8),)) == ""


def test_too_many_lines_to_look_at_are_judged_by_volume_with_room_to_spare() -> None:
    many = tuple(pieces(20 + n, 20, 20, 1, 10) for n in range(cartons.LINES_TRIED_MAX + 1))
    assert propose_box(BOXES, many) == Proposal("S", cartons.LOOSE)
    tight = Box("T", 100, 100, sum(line.volume_mm3 for line in many) // 8_000)
    assert fit(tight, many) == ""


def test_equal_sizes_of_different_products_are_one_question() -> None:
    many = tuple(pieces(20, 20, 20, 1, 10) for _ in range(cartons.LINES_TRIED_MAX + 1))
    assert propose_box(BOXES, many) == Proposal("S", cartons.FITS)


def test_blocks_lie_in_the_box_and_apart() -> None:
    goods = (pieces(110, 90, 100, 7), pieces(280, 250, 60), pieces(30, 30, 30, 5))
    blocks = place(L, goods)
    assert sum(block.pieces for block in blocks) == 13
    assert_lie_apart(L, blocks)


def test_real_shipments_get_the_box_that_a_full_search_finds(shared_data) -> None:
    """2,203 real shipments: wherever one box is claimed, a placement proves it, and for all but a
    handful BoxPacker's answer (one box, or several) is the same."""
    folder = shared_data / "packing_real_shipments"
    with (folder / "boxes.csv").open() as file:
        boxes = [
            Box(row[0], *(int(side) for side in row[5:8]), int(row[4]), int(row[8]) - int(row[4]))
            for row in csv.reader(file)
        ]
    goods: dict[str, list[Pieces]] = defaultdict(list)
    with lzma.open(folder / "items.csv.xz", "rt") as lines:
        for shipment, number, _, *sides, weight_g in csv.reader(lines):
            goods[shipment].append(
                Pieces(*(int(side) for side in sides), int(weight_g), int(number))
            )
    with (folder / "boxpacker_expected.csv").open() as file:
        one_box = {row[0]: row[4] == "1" for row in csv.reader(file)}
    assert len(goods) == 2203
    by_code = {box.code: box for box in boxes}
    differ = 0
    for shipment, lines in goods.items():
        proposal = propose_box(boxes, lines)
        if proposal.box:
            assert all(lies_in(line, by_code[proposal.box]) for line in lines), shipment
        single = proposal.why.startswith(cartons.FITS)
        if single:
            blocks = place(by_code[proposal.box], lines)
            assert sum(block.pieces for block in blocks) == sum(line.pieces for line in lines)
            assert_lie_apart(by_code[proposal.box], blocks)
            assert sum(n.weight_g * n.pieces for n in lines) <= by_code[proposal.box].carries_g
        differ += single != one_box[shipment]
    assert differ <= 10


def test_a_merchants_own_boxes_are_proposed_as_long_as_the_goods_go_into_them() -> None:
    mug, hat, pole = pieces(110, 90, 100), pieces(280, 250, 120), pieces(2000, 30, 30)
    assert propose_among([L], BOXES, [mug]).box == "L"
    assert propose_among([S], BOXES, [pieces(110, 90, 100, 9)]) == Proposal("S", cartons.SEVERAL)
    assert propose_among([S], BOXES, [hat]) == Proposal("M", OUTSIDE)
    assert propose_among([S], BOXES, [pole]) == Proposal("", cartons.TOO_LARGE)
    assert propose_among([], BOXES, [hat]) == Proposal("M", OUTSIDE)
