"""Which kinds of labels there are, and the named fields that each may show.

This is the contract between those who ask for a label (`floorhand.store.print_jobs.queue_label`),
the templates in ``assets/labels`` (which may name only these fields) and those who fill labels
from the database. Values are text, whole numbers, or lists of text (one line each).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

REASONS = ("jam", "damaged", "lost", "wrong_printer")
"""Why a label is printed once more; ``labelling.reason.<reason>`` names each."""

LabelData = Mapping[str, str | int | list[str]]
"""Values of a label's fields."""


@dataclass(frozen=True, slots=True)
class LabelKind:
    """A kind of label.

    Attributes:
        name: As written in the template's ``kind``.
        needs: Fields without which the label makes no sense.
        may: Fields that may be empty or absent.
        sample: Invented values for previews and tests, as long as they usually get.
    """

    name: str
    needs: tuple[str, ...]
    may: tuple[str, ...]
    sample: LabelData

    @property
    def fields(self) -> tuple[str, ...]:
        """Give all field names."""
        return self.needs + self.may


_KINDS = (
    LabelKind(
        "shipping",
        needs=("ship_to", "order", "merchant", "sscc"),
        may=(
            "sender",
            "carrier",
            "service",
            "parcel",
            "parcels",
            "weight_kg",
            "box",
            "copy",
            "warning",
        ),
        sample={
            "ship_to": ["Giulia Ferraro", "c/o Müller", "Via dei Pioppi 114", "10121 Torino", "IT"],
            "sender": ["Kettle & Loom", "Depot 4, Quay Road 9", "9000 Gent", "BE"],
            "order": "KL-100284",
            "merchant": "Kettle & Loom",
            "sscc": "395212340000000175",
            "carrier": "Northway Parcel",
            "service": "Next day 12:00",
            "parcel": 1,
            "parcels": 2,
            "weight_kg": "2.35",
            "box": "M2",
        },
    ),
    LabelKind(
        "bin",
        needs=("code", "scan_code"),
        may=("check_digits", "arrow", "zone", "title", "note"),
        sample={
            "code": "B-02-1-A",
            "scan_code": "FHLFSJTPHTKT",
            "check_digits": "47",
            "arrow": "up",
            "zone": "B",
        },
    ),
    LabelKind(
        "tote",
        needs=("code", "scan_code"),
        may=("title", "slot"),
        sample={"code": "T-0117", "scan_code": "FHTFSJTPHTKV", "title": "tote", "slot": "3"},
    ),
    LabelKind(
        "pallet",
        needs=("sscc",),
        may=(
            "merchant",
            "sku",
            "name",
            "pieces",
            "lot",
            "expiry",
            "delivery",
            "cartons",
            "weight_kg",
            "received",
            "site",
            "copy",
        ),
        sample={
            "sscc": "395212340000000250",
            "merchant": "Fern Pantry",
            "sku": "FP-OAT-750",
            "name": "Oat flakes, whole grain, 750 g",
            "pieces": 480,
            "lot": "L24-0831",
            "expiry": "2027-10-31",
            "delivery": "D-2026-0412",
            "received": "2026-11-23",
        },
    ),
    LabelKind(
        "badge",
        needs=("name", "badge"),
        may=("site", "roles"),
        sample={
            "name": "Ana Kovač",
            "badge": "FHPFSJTPHTKJ",
            "site": "Depot 4",
            "roles": "packing",
        },
    ),
    LabelKind(
        "pin",
        needs=("name", "pin"),
        may=("worker",),
        sample={"name": "Ana Kovač", "worker": "1047", "pin": "271828"},
    ),
    LabelKind(
        "return",
        needs=("number",),
        may=("scan_code", "merchant", "kind", "order", "received", "deadline", "pieces", "copy"),
        sample={
            "number": "R-000184",
            "scan_code": "FHRFSJTPHTKK",
            "merchant": "Kettle & Loom",
            "kind": "customer",
            "order": "KL-100231",
            "received": "2026-11-23",
            "deadline": "2026-11-27",
        },
    ),
    LabelKind(
        "paper",
        needs=("number",),
        may=(
            "title",
            "scan_code",
            "long_code",
            "merchant",
            "order",
            "carrier",
            "expected",
            "due",
            "goods",
        ),
        sample={
            "title": "delivery",
            "number": "D-2026-0412",
            "scan_code": "D-2026-0412",
            "merchant": "Fern Pantry",
            "carrier": "Northway Parcel",
            "expected": "2026-11-24",
            "goods": [
                "48 x FP-OAT-750  L24-0831  2027-10-31  Oat flakes, whole grain, 750 g",
                "24 x FP-TEA-100  Green tea, 100 g",
            ],
        },
    ),
    LabelKind(
        "command",
        needs=("scan_code",),
        may=("word", "key"),
        sample={"scan_code": "*SHORT", "word": "Something is not right", "key": "F5"},
    ),
    LabelKind(
        "scanner_test",
        needs=("letters", "elements"),
        may=("title", "first", "second"),
        sample={
            "title": "Scanner test",
            "first": "1  Scan this barcode",
            "second": "2  Scan this one, too",
            "letters": "AQWZMY-/0123456789FHXSCNTSTX",
            "elements": "(01)09521234543213(10)LOT-7/A(21)S1FHXSCNTSTX",
        },
    ),
    LabelKind(
        "sku",
        needs=("sku",),
        may=("merchant", "name", "barcode", "lot", "expiry", "pieces"),
        sample={
            "merchant": "Fern Pantry",
            "sku": "FP-OAT-750",
            "name": "Oat flakes, whole grain, 750 g, in paper bag",
            "barcode": "09521234000013",
            "lot": "L24-0831",
            "expiry": "2027-10-31",
        },
    ),
    LabelKind(
        "carton",
        needs=("sscc",),
        may=(
            "merchant",
            "sku",
            "name",
            "pieces",
            "lot",
            "expiry",
            "delivery",
            "counted",
            "contents",
            "copy",
        ),
        sample={
            "sscc": "395212340000000267",
            "merchant": "Fern Pantry",
            "sku": "FP-OAT-750",
            "name": "Oat flakes, whole grain, 750 g, in paper bag",
            "pieces": 48,
            "lot": "L24-0831",
            "expiry": "2027-10-31",
            "delivery": "D-2026-0412",
            "counted": "(02)09521234000013(37)48",
            "contents": "(02)09521234000013(15)271031(37)48(10)L24-0831",
        },
    ),
    LabelKind(
        "slot",
        needs=("code", "scan_code", "slot"),
        may=("title",),
        sample={"code": "CART-07", "scan_code": "FHKFSJTPHTKX", "slot": "12", "title": "cart"},
    ),
    LabelKind(
        "slip",
        needs=("order", "goods"),
        may=("title", "merchant", "scan_code", "long_code", "page", "pages", "pieces"),
        sample={
            "title": "slip",
            "order": "KL-100284",
            "merchant": "Kettle & Loom",
            "scan_code": "KL-100284",
            "page": 1,
            "pages": 2,
            "pieces": 3,
            "goods": [
                "2 x KL-MUG-BLUE  Mug, blue, 350 ml",
                "1 x KL-TOWEL-3  Tea towels, linen, set of three",
            ],
        },
    ),
    LabelKind(
        "restock",
        needs=("sku", "pieces"),
        may=(
            "title",
            "merchant",
            "name",
            "barcode",
            "lot",
            "expiry",
            "number",
            "grade",
            "place",
            "worker",
            "date",
        ),
        sample={
            "title": "restock",
            "merchant": "Kettle & Loom",
            "sku": "KL-MUG-BLUE",
            "name": "Mug, blue, 350 ml",
            "barcode": "09521234000020",
            "pieces": 2,
            "grade": "2",
            "number": "R-000184",
            "place": "B-02-1-A",
            "worker": "Ana Kovač",
            "date": "2026-11-23",
        },
    ),
    LabelKind(
        "hold",
        needs=("condition", "sku", "pieces"),
        may=(
            "reason",
            "merchant",
            "name",
            "barcode",
            "lot",
            "expiry",
            "place",
            "worker",
            "date",
        ),
        sample={
            "condition": "hold",
            "reason": "Packaging opened or gone",
            "merchant": "Fern Pantry",
            "sku": "FP-OAT-750",
            "name": "Oat flakes, whole grain, 750 g",
            "barcode": "09521234000013",
            "lot": "L24-0831",
            "expiry": "2027-10-31",
            "pieces": 14,
            "place": "B-02-1-A",
            "worker": "Ana Kovač",
            "date": "2026-11-23",
        },
    ),
    LabelKind(
        "grade",
        needs=("scan_code", "word"),
        may=("title", "key"),
        sample={
            "scan_code": "*GRADE 5",
            "title": "grade",
            "key": "5",
            "word": "Hazard, hygiene, expired",
        },
    ),
)

KINDS: Mapping[str, LabelKind] = {kind.name: kind for kind in _KINDS}
"""All kinds by name. Each has a template of the same name; more templates may be added."""

LANGUAGE = "language"
"""Beside the fields of its kind a label may say so in which language its words are."""

ADDRESSES = frozenset({"ship_to", "sender"})
"""Fields that a carrier reads: an emoji in them is no loss."""


def missing_fields(kind: LabelKind, data: LabelData) -> tuple[str, ...]:
    """List the needed fields that are absent or empty."""
    return tuple(name for name in kind.needs if data.get(name, "") in ("", []))


def unknown_fields(kind: LabelKind, data: LabelData) -> tuple[str, ...]:
    """List what the kind does not know."""
    return tuple(sorted(data.keys() - {LANGUAGE, *kind.fields}))
