"""Which carton: the smallest box type in which an order's pieces have been shown to lie.

A box that is too small costs more at a bench than one that is a size too large, and volume alone
lies: six A4 books have the volume of a shoe box and fit in none. So a box is proposed as *fitting*
only after a placement of every piece was found: blocks of equal pieces go, largest first, into
the smallest free space that takes them, and the space left over is cut in three. That finds most
of what a person finds and never claims what it did not find. Where it cannot look (sizes not
known, more lines or pieces than `LINES_TRIED_MAX`), the proposal says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

LINES_TRIED_MAX = 40
"""Lines up to which a placement is looked for; a scan must be answered in milliseconds."""

SPACES_MAX = 120
"""Free spaces kept while placing; the smallest are forgotten first."""

FILL_TRIED_PCT = 92
"""More of a box than this is not proposed: people leave gaps, and padding needs room."""

FILL_LOOSE_PCT = 60
"""How full a box is planned when no placement was looked for."""

FITS = "fits"
FITS_SIDE = "fits_side"
FITS_VOLUME = "fits_volume"
FITS_WEIGHT = "fits_weight"
LOOSE = "loose"
BY_COUNT = "by_count"
SEVERAL = "several"
TOO_LARGE = "too_large"
TOO_HEAVY = "too_heavy"
NO_BOXES = "no_boxes"
NOT_KNOWN = "not_known"
CHOSEN = "chosen"
OUTSIDE = "outside"
ALLOWED = "allowed"
WHYS = (
    FITS,
    FITS_SIDE,
    FITS_VOLUME,
    FITS_WEIGHT,
    LOOSE,
    BY_COUNT,
    SEVERAL,
    TOO_LARGE,
    TOO_HEAVY,
    NO_BOXES,
    NOT_KNOWN,
    CHOSEN,
    OUTSIDE,
    ALLOWED,
)
"""Reasons of a proposal: the texts ``packing.box.<why>``. The three after ``fits`` also say why the
next smaller box was not proposed; ``outside`` says that none of its merchant's boxes takes the
goods, ``allowed`` that a lead allowed one that is not its merchant's."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box type: inner sizes, what it weighs empty and what it can carry."""

    code: str
    length_mm: int
    width_mm: int
    height_mm: int
    tare_g: int = 0
    carries_g: int = 30_000

    @property
    def volume_mm3(self) -> int:
        """Tell the inner volume."""
        return self.length_mm * self.width_mm * self.height_mm


@dataclass(frozen=True, slots=True)
class Pieces:
    """Equal pieces to put in a box; sizes and weight of one piece, 0 where not known."""

    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int
    pieces: int

    @property
    def known(self) -> bool:
        """Tell whether all three sizes are known."""
        return min(self.length_mm, self.width_mm, self.height_mm) > 0

    @property
    def volume_mm3(self) -> int:
        """Tell the volume of all the pieces."""
        return self.length_mm * self.width_mm * self.height_mm * self.pieces


@dataclass(frozen=True, slots=True)
class Proposal:
    """A box type and why; ``box`` is empty if none can be proposed honestly."""

    box: str
    why: str


def propose_box(boxes: Iterable[Box], goods: Iterable[Pieces]) -> Proposal:
    """Propose the smallest box for the goods.

    Never a box in which one of the pieces cannot lie, and never one that cannot carry the known
    weight. If no single box takes everything, the largest in which each piece can lie is
    proposed for the first parcel (``several``); the worker closes it when it is full.
    """
    by_size = sorted(boxes, key=lambda box: (box.volume_mm3, box.code))
    lines = _merged(goods)
    if not by_size:
        return Proposal("", NO_BOXES)
    sized = [line for line in lines if line.known]
    can_lie = [box for box in by_size if all(lies_in(line, box) for line in sized)]
    if not can_lie:
        return Proposal("", TOO_LARGE)
    carry = [box for box in can_lie if all(line.weight_g <= box.carries_g for line in lines)]
    if not carry:
        return Proposal("", TOO_HEAVY)
    if len(sized) < len(lines):
        return _by_count(carry, lines)
    weight_g = weight_of(lines)
    for box in carry:
        if weight_g <= box.carries_g and (why := fit(box, lines)):
            number = by_size.index(box)
            smaller = by_size[number - 1] if number and why == FITS else None
            return Proposal(box.code, _why_not(smaller, lines) if smaller else why)
    return Proposal(carry[-1].code, SEVERAL)


def propose_among(own: Sequence[Box], every: Sequence[Box], goods: Sequence[Pieces]) -> Proposal:
    """Propose one of the boxes that the merchant allows, or of the site's where none takes it.

    An order that goes into none of its merchant's boxes must go out all the same (``outside``).
    """
    proposal = propose_box(own, goods)
    if proposal.box or proposal.why == NOT_KNOWN:
        return proposal
    any_box = propose_box(every, goods)
    return Proposal(any_box.box, OUTSIDE) if any_box.box else any_box


def _why_not(box: Box, lines: Sequence[Pieces]) -> str:
    """Say what keeps goods out of the next smaller box."""
    if not all(lies_in(line, box) for line in lines):
        return FITS_SIDE
    return FITS_WEIGHT if weight_of(lines) > box.carries_g else FITS_VOLUME


def weight_of(goods: Iterable[Pieces]) -> int:
    """Add up the known weights, in grams."""
    return sum(line.weight_g * line.pieces for line in goods)


def lies_in(piece: Pieces, box: Box) -> bool:
    """Tell whether one piece can lie in the box with its sides along the box's sides."""
    sides = sorted((piece.length_mm, piece.width_mm, piece.height_mm))
    inner = sorted((box.length_mm, box.width_mm, box.height_mm))
    return all(side <= room for side, room in zip(sides, inner, strict=True))


def fit(box: Box, goods: Sequence[Pieces]) -> str:
    """Tell why pieces of known size fit in a box: ``fits``, ``loose``, or empty if not."""
    volume_mm3 = sum(line.volume_mm3 for line in goods)
    only_one = sum(line.pieces for line in goods) == 1
    limit_pct = 100 if only_one else FILL_TRIED_PCT
    if volume_mm3 * 100 > box.volume_mm3 * limit_pct:
        return ""
    if not all(lies_in(line, box) for line in goods):
        return ""
    if len(goods) <= LINES_TRIED_MAX:
        return FITS if place(box, goods) else ""
    return LOOSE if volume_mm3 * 100 <= box.volume_mm3 * FILL_LOOSE_PCT else ""


def _by_count(boxes: Sequence[Box], lines: Sequence[Pieces]) -> Proposal:
    """Propose by what is known when sizes are missing: only a site with one box needs no size.

    With several boxes there is nothing to go by but the pieces whose size is known: their
    volume, with as much again for each piece of unknown size, if there are any known at all.
    """
    if len(boxes) == 1:
        return Proposal(boxes[0].code, BY_COUNT)
    known = [line for line in lines if line.known]
    known_pieces = sum(line.pieces for line in known)
    if not known_pieces:
        return Proposal("", NOT_KNOWN)
    pieces = sum(line.pieces for line in lines)
    volume_mm3 = sum(line.volume_mm3 for line in known) * pieces // known_pieces
    weight_g = weight_of(lines)
    for box in boxes:
        if volume_mm3 * 100 <= box.volume_mm3 * FILL_LOOSE_PCT and weight_g <= box.carries_g:
            return Proposal(box.code, BY_COUNT)
    return Proposal(boxes[-1].code, SEVERAL)


def _merged(goods: Iterable[Pieces]) -> tuple[Pieces, ...]:
    """Put lines of equal sizes together: which product it is does not matter to the box."""
    count: dict[tuple[int, int, int, int], int] = {}
    for line in goods:
        sides = sorted((line.length_mm, line.width_mm, line.height_mm), reverse=True)
        key = (sides[0], sides[1], sides[2], line.weight_g)
        count[key] = count.get(key, 0) + line.pieces
    return tuple(Pieces(*key, pieces=pieces) for key, pieces in count.items())


_Sides = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Room:
    """A cuboid inside a box: where its corner is and how long its sides are, all in mm."""

    at: _Sides
    sides: _Sides

    @property
    def volume_mm3(self) -> int:
        """Tell how much goes into it."""
        return self.sides[0] * self.sides[1] * self.sides[2]


@dataclass(frozen=True, slots=True)
class Block:
    """Equal pieces placed side by side: ``counts`` along each side, each piece turned alike."""

    at: _Sides
    piece: _Sides
    counts: _Sides

    @property
    def pieces(self) -> int:
        """Tell how many pieces it has."""
        return self.counts[0] * self.counts[1] * self.counts[2]

    @property
    def sides(self) -> _Sides:
        """Tell its outer sides in mm."""
        (a, b, c), (x, y, z) = self.piece, self.counts
        return (a * x, b * y, c * z)


def place(box: Box, goods: Sequence[Pieces]) -> tuple[Block, ...]:
    """Find a place in the box for every piece, largest first; empty if none was found."""
    goods = _merged(replace(line, weight_g=0) for line in goods)
    orders = (
        lambda line: (max(line.length_mm, line.width_mm), line.volume_mm3 // line.pieces),
        lambda line: (line.volume_mm3 // line.pieces, line.length_mm),
    )
    for order in orders:
        if blocks := _place(box, sorted(goods, key=order, reverse=True)):
            return blocks
    return ()


def _place(box: Box, goods: Sequence[Pieces]) -> tuple[Block, ...]:
    blocks: list[Block] = []
    spaces = [Room((0, 0, 0), (box.length_mm, box.width_mm, box.height_mm))]
    for line in goods:
        turns = _turns(line)
        left = line.pieces
        while left:
            spaces.sort(key=lambda room: room.volume_mm3)
            best = _best_block(spaces, turns, left)
            if best is None:
                return ()
            number, block = best
            left -= block.pieces
            blocks.append(block)
            spaces[number : number + 1] = _cut(spaces[number], block.sides)
            del spaces[: max(0, len(spaces) - SPACES_MAX)]
    return tuple(blocks)


def _turns(line: Pieces) -> tuple[_Sides, ...]:
    """List the ways in which a piece can be turned, each once."""
    sides = (line.length_mm, line.width_mm, line.height_mm)
    return tuple(sorted({(a, b, c) for a, b, c in permutations(sides)}, reverse=True))


def _best_block(
    spaces: Sequence[Room], turns: Sequence[_Sides], left: int
) -> tuple[int, Block] | None:
    """Find the space that takes the most pieces at once, the smallest of equal ones."""
    best: tuple[int, Block] | None = None
    best_pieces = 0
    for number, room in enumerate(spaces):
        for side in turns:
            along = tuple(space // length for space, length in zip(room.sides, side, strict=True))
            if not all(along):
                continue
            block = Block(room.at, side, _counts((along[0], along[1], along[2]), left))
            if block.pieces > best_pieces:
                best, best_pieces = (number, block), block.pieces
        if best_pieces == left:
            break
    return best


def _counts(along: _Sides, left: int) -> _Sides:
    """Fill along one side first, then in whole rows, then in whole layers."""
    row = min(along[0], left)
    rows = min(along[1], left // row)
    layers = min(along[2], left // (row * rows))
    return (row, rows, layers)


def _cut(room: Room, block: _Sides) -> list[Room]:
    """Cut what a block in a corner leaves of a space in three, keeping the larger rest whole."""
    (x, y, z), (length, width, height) = room.at, room.sides
    deep, wide, high = block
    above = Room((x, y, z + high), (deep, wide, height - high))
    behind_is_larger = (length - deep) * width >= (width - wide) * length
    behind = Room((x + deep, y, z), (length - deep, width if behind_is_larger else wide, height))
    beside = Room((x, y + wide, z), (deep if behind_is_larger else length, width - wide, height))
    return [rest for rest in (above, behind, beside) if min(rest.sides) > 0]
