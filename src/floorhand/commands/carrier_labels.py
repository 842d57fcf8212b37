"""``floorhand carrier-labels``: take in the labels that carriers made for orders."""

from __future__ import annotations

import argparse
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from floorhand.config import Settings
from floorhand.domain.barcodes import bare_code
from floorhand.errors import BadFile, BadLabel
from floorhand.labels.carrier import codes_of, read_file
from floorhand.store.carrier_codes import orders_tracked
from floorhand.store.carrier_labels import (
    NOT_ANY_MORE,
    Brought,
    OrderNamed,
    bring,
    orders_named,
)
from floorhand.store.db import Transactions, in_turn, open_database
from floorhand.store.masters import require_site
from floorhand.text.visible import visible

ALL_TAKEN, SOME_REJECTED = 0, 3

FILES_MAX = 20_000
"""Files of one run; a folder of more is no folder of labels."""

EPILOG = """\
A file is named by its order: A-5025.zpl, or A-5025-2.pdf for its second parcel, with the number
that stands on the order or that the shop has for it; or by a tracking number that the order came
with (1Z680RA4DL08720000.zpl), or by our number of a parcel that is closed already and has no label
of its carrier. A file of any other name is known by a tracking number in its barcodes. A folder
named by a merchant (ALMA/A-5025.zpl) says whose order it is. What is in a file decides, not its
ending: ZPL, PDF or PNG.

The parcels of an order get its labels in the order of the files' names. A file of the same name
replaces what came before, until a parcel has it; the same label again changes nothing.
"""

_PARCEL_NO = re.compile(r"(?:[-_ ]\d{1,2}|[-_ ]?\(\d{1,2}\))$")
"""What tells the parcels of an order apart at the end of a file's name."""

_WHY: Final = {
    "used": "A parcel has the label of this file already.",
    "of_another": "This label was brought for order {about}.",
    "doubled": "The order has this label already, as {about}. A file of that name replaces it.",
    "labelled": "Parcel {about} has its carrier's label already.",
    "gone": "Parcel {about} does not travel any more.",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("paths", nargs="+", metavar="PATH", type=Path, help="file or folder")
    parser.set_defaults(listed=("paths", Path))
    parser.add_argument("--order", default="", metavar="NUMBER", help="all files are of this order")
    parser.add_argument("--merchant", default="", metavar="M", help="whose orders these are")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Take labels in, and tell what became of each file that was not."""
    transactions = open_database(settings.database, create=False)
    with transactions.begin() as tx:
        require_site(tx, settings.site)
    now = datetime.now(UTC)
    done: dict[str, int] = {}
    printed, orders = 0, set[str]()
    late: list[str] = []
    rejected: list[str] = []
    for path in _files(args.paths):
        try:
            what, order, labels = _take(transactions, settings.site, path, args, now, late)
        except BadLabel as error:
            rejected.append(f"  {visible(str(path))}: {visible(str(error))}")
            continue
        done[what] = done.get(what, 0) + 1
        if what != "there":
            printed += labels
            orders.add(order)
    print(_told(done, printed, len(orders)))
    for carton in late:
        print(
            f"Parcel {carton} was closed without its carrier's label. If ours is out, print it "
            f"again: floorhand printers reprint {carton} --reason damaged"
        )
    if rejected:
        print("\n".join((f"{len(rejected)} not taken:", *rejected)))
    return SOME_REJECTED if rejected else ALL_TAKEN


def _told(done: dict[str, int], printed: int, orders: int) -> str:
    """Sum up what was taken."""
    taken, replaced, there = (done.get(what, 0) for what in ("taken", "replaced", "there"))
    told = f"{_count(taken + replaced, 'file')} taken, for {_count(orders, 'order')}"
    more = [
        f"{replaced} in place of others" if replaced else "",
        f"{_count(printed, 'label')} come out of them" if printed != taken + replaced else "",
        f"{there} were here already" if there else "",
    ]
    return "; ".join((told, *filter(None, more))) + "."


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """List the files in their order, those of folders too; hidden ones are nobody's labels.

    Raises:
        BadFile: If something named is not there, or if there are too many.
    """
    count = 0
    for path in paths:
        if not path.exists():
            raise BadFile(f"There is no file or folder {visible(str(path))}.")
        found = sorted(_within(path), key=_by_number) if path.is_dir() else [path]
        count += len(found)
        if count > FILES_MAX:
            raise BadFile(f"These are more than {FILES_MAX} files. Name the folder of the labels.")
        yield from found


def _within(folder: Path) -> Iterator[Path]:
    """List the files of a folder and of folders in it; links lead elsewhere and are left alone."""
    for path in folder.rglob("*"):
        shown = not any(part.startswith(".") for part in path.relative_to(folder).parts)
        if shown and not path.is_symlink() and path.is_file():
            yield path


def _by_number(path: Path) -> tuple[str, str, int, str]:
    """Sort A-5025 before A-5025-2, and that before A-5025-10."""
    found = _PARCEL_NO.search(path.stem)
    if found is None:
        return str(path.parent), path.stem, 0, path.name
    number = int(re.sub(r"\D", "", found[0]))
    return str(path.parent), path.stem[: found.start()], number, path.name


def _take(
    transactions: Transactions,
    site: str,
    path: Path,
    args: argparse.Namespace,
    now: datetime,
    late: list[str],
) -> tuple[str, str, int]:
    """Take one file in; give what was done, the order, and how many labels come out of it.

    A parcel that was closed before is added to ``late``: its label may be out, and then it is ours.

    Raises:
        BadLabel: If it is no label, or of no order that waits for one.
    """
    label = read_file(path)
    codes, sha256 = codes_of(label), hashlib.sha256(label.content).hexdigest()

    def keep(tx: Session) -> tuple[str, str, OrderNamed]:
        order, name = _order_of(tx, site, path, codes, args)
        known = (*codes, bare_code(name)) if name and name != args.order else codes
        form, content = str(label.form), label.content
        brought = Brought(path.name, form, content, sha256, label.labels, known)
        return (*bring(tx, site, order, brought, now), order)

    what, about, order = in_turn(transactions, keep)
    if why := _WHY.get(what):
        raise BadLabel(why.format(about=about))
    if order.carton and what != "there":
        late.append(order.carton)
    return what, f"{order.merchant}/{order.number}", label.labels


def _order_of(
    tx: Session, site: str, path: Path, codes: Sequence[str], args: argparse.Namespace
) -> tuple[OrderNamed, str]:
    """Find the order that a file is named by, else that of a tracking number in its barcodes.

    Returns:
        The order, and by what of the file's name it was found; empty if by its barcodes.

    Raises:
        BadLabel: If it is not known whose label it is, or if it is another order's.
    """
    tracked = orders_tracked(tx, site, codes)
    names = [args.order] if args.order else _names(path.stem)
    for name in names:
        if found := orders_named(tx, site, name, args.merchant):
            order = _only(found, name, path)
            if tracked and (order.merchant, order.number) not in tracked:
                (of, number), code = next(iter(tracked.items()))
                raise BadLabel(f"Its barcode {code} is the tracking number of order {of}/{number}.")
            return order, name
    by_bars = [one for of in tracked for one in orders_named(tx, site, of[1], of[0])]
    if not by_bars:
        raise BadLabel(
            f"No order, parcel or tracking number is called {names[0]}, and none of its barcodes "
            "is the tracking number of an order."
        )
    return _only(by_bars, next(iter(tracked.values())), path), ""


def _only(found: Sequence[OrderNamed], name: str, path: Path) -> OrderNamed:
    """Give the order that must be meant by a name.

    Raises:
        BadLabel: If several can be, or if it needs no label any more.
    """
    within = [one for one in found if one.merchant == path.parent.name]
    if len(found) > 1 and len(within) != 1:
        merchants = ", ".join(one.merchant for one in found)
        if len({one.number for one in found}) == 1:
            whose = f"Order {name} is one of several merchants: {merchants}."
            raise BadLabel(f"{whose} Say --merchant.")
        orders = ", ".join(f"{one.merchant}/{one.number}" for one in found)
        raise BadLabel(f"{name} is of several orders: {orders}. Say --merchant and --order.")
    (order,) = within if len(found) > 1 else found
    if order.state in NOT_ANY_MORE and not order.carton:
        raise BadLabel(f"Order {order.number} is {order.state} already.")
    return order


def _names(stem: str) -> Sequence[str]:
    """Give what an order may be called by a file's name: all of it, or without the parcel."""
    short = _PARCEL_NO.sub("", stem)
    return (stem, short) if short and short != stem else (stem,)
