"""What is to be put away from a source, and the bin proposed for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from floorhand.domain import slotting
from floorhand.domain.putaway import Proposed, Source
from floorhand.domain.slotting import NO_LIMIT, Need, Proposal, Rule
from floorhand.domain.things import RETURN_PENDING, Goods, Line
from floorhand.store import bins, ledger

TRIES_MAX = 10
"""Different goods of a source for which a bin is sought before saying that there is none."""

HOME_RULES = (Rule.PICK_FACE, Rule.TOP_UP, Rule.NEIGHBOUR)


@dataclass(frozen=True, slots=True)
class Group:
    """Pieces of one source that can go to a bin together: the same goods, whatever the serials."""

    stands: str
    goods: Goods
    lines: tuple[Line, ...]

    @property
    def pieces(self) -> int:
        """Give how many there are."""
        return sum(line.pieces for line in self.lines)

    @property
    def serials(self) -> bool:
        """Say whether the pieces have serials."""
        return any(line.goods.serial for line in self.lines)

    def only(self, serial: str) -> Group:
        """Narrow down to the piece with a serial; itself if none is named."""
        if not serial:
            return self
        return replace(self, lines=tuple(n for n in self.lines if n.goods.serial == serial))

    def take(self, pieces: int) -> tuple[Line, ...]:
        """Give lines of so many pieces; there must be that many."""
        assert pieces <= self.pieces, pieces
        taken = []
        for line in self.lines:
            share = min(pieces, line.pieces)
            if share:
                taken.append(replace(line, pieces=share))
                pieces -= share
        return tuple(taken)


def plain(goods: Goods) -> Goods:
    """Give goods without their serial."""
    return replace(goods, serial="")


def groups_of(tx: Session, site: str, source: Source) -> tuple[Group, ...]:
    """List what of a source is to be put away. What waits for inspection is not."""
    if source.sku:
        standing = tuple(
            (source.place, line)
            for line in ledger.lines_in(
                tx, site, source.place, merchant=source.merchant, sku=source.sku
            )
            if source.lot in ("", line.goods.lot)
        )
    else:
        standing = ledger.inside(tx, site, source.place)
    grouped: dict[tuple[str, Goods], list[Line]] = {}
    for stands, line in standing:
        if line.goods.condition != RETURN_PENDING:
            grouped.setdefault((stands, plain(line.goods)), []).append(line)
    return tuple(Group(stands, goods, tuple(n)) for (stands, goods), n in grouped.items())


def propose_next(
    tx: Session,
    site: str,
    source: Source,
    later: tuple[Goods, ...],
    *,
    first: Goods | None = None,
) -> Proposed | None:
    """Propose a bin for the first goods that have one, those in ``later`` last.

    Args:
        tx: Open transaction.
        site: The building.
        source: What is being put away.
        later: Goods that the worker has skipped, longest ago first.
        first: Goods that the worker has in hand; a bin is sought for these alone.

    Returns:
        A proposal; one without a bin if none of the goods has any; None if nothing is left.
    """
    waiting = groups_of(tx, site, source)
    if first is not None:
        waiting = tuple(group for group in waiting if group.goods == first)
    known = {goods: number for number, goods in enumerate(later)}
    ordered = sorted(waiting, key=lambda group: known.get(group.goods, -1))
    if not ordered:
        return None
    lines = len(ordered) if first is None else len(groups_of(tx, site, source))
    for group in ordered[:TRIES_MAX]:
        need, name = bins.need_of(tx, site, group.goods, group.pieces)
        hold = bins.hold_storages(tx, site, group.goods)
        if (proposal := find_bin(tx, site, need, hold)) is not None:
            return _proposed(source, group, name, lines, proposal)
    _, name = bins.need_of(tx, site, ordered[0].goods, ordered[0].pieces)
    return _proposed(source, ordered[0], name, lines, None)


def find_bin(tx: Session, site: str, need: Need, hold: frozenset[str]) -> Proposal | None:
    """Find the first legal bin by the rules of `floorhand.domain.slotting`, reading little."""
    homes = bins.homes(tx, site, need)
    found = slotting.propose(need, homes, hold)
    if found is not None and found.rule in HOME_RULES:
        return found
    for read in (bins.empty_shelves, bins.shared_shelves):
        for shelves in read(tx, site, need, hold):
            if (other := slotting.propose(need, shelves, hold)) is not None:
                return other
    return found


def _proposed(
    source: Source, group: Group, name: str, lines: int, proposal: Proposal | None
) -> Proposed:
    room = proposal.room if proposal else 0
    goods, pieces = group.goods, group.pieces
    take = min(room, pieces) if proposal else pieces
    if group.serials and take < pieces:
        # Which pieces go where must be known by serial, so they go one by one.
        goods, pieces, take = group.lines[0].goods, 1, 1
    return Proposed(
        source=source,
        goods=goods,
        name=name,
        stands=group.stands,
        pieces=pieces,
        take=take,
        bin=proposal.code if proposal else "",
        rule=str(proposal.rule) if proposal else "",
        room=-1 if room == NO_LIMIT else room,
        near=proposal.near if proposal else "",
        lines=lines,
        serials=group.serials,
    )
