"""Find what a barcode stands for. The precedence is that of the floor contracts:

what the question asks for, command barcodes, our own labels, product barcodes, papers, unknown.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from floorhand.domain import barcodes
from floorhand.domain.barcodes import Scanned
from floorhand.domain.counting import in_unit
from floorhand.domain.keymap import BARCODES_ONLY, KEYS, Key
from floorhand.domain.receiving import PIECES_MAX
from floorhand.domain.scanner_test import COMMAND, TestCode, is_test
from floorhand.domain.things import (
    Ambiguous,
    Attributes,
    Badge,
    BoxCode,
    Chosen,
    DeliveryCode,
    Number,
    OrderCode,
    Piece,
    Plate,
    Pressed,
    ReturnCode,
    SortBy,
    Text,
    Unknown,
)
from floorhand.domain.things import Place as PlaceThing
from floorhand.domain.things import Station as StationThing
from floorhand.errors import Code, Refused
from floorhand.flows.turn import Prompt, Wants
from floorhand.store import finders, papers
from floorhand.store.finders import product
from floorhand.store.masters import site_rules

QUANTITY_DIGITS_MAX = 5
"""A longer number is a code that was typed or scanned in the wrong place."""

CODE_DIGITS_MIN = 4
"""A shorter number is a quantity where one is asked for, even if a product has that code."""

COMMANDS: dict[str, Key] = {
    **{barcode: key for key, (_, barcode) in KEYS.items()},
    **{f"*{function_key[1:]}": key for key, (function_key, _) in KEYS.items()},
    **{barcode: key for key, barcode in BARCODES_ONLY.items()},
}
"""Command barcodes, and ``*<n>`` for terminals without function keys."""

TYPED_KEYS: dict[str, Key] = {function_key.upper(): key for key, (function_key, _) in KEYS.items()}
"""A key's name, typed where nothing else is called so."""

DAMAGE = {"check": Code.BARCODE_DAMAGED, "contradiction": Code.BARCODE_CONTRADICTS}

PLACE_KINDS = frozenset({"place", "bin", "dock", "bench", "cart", "tote", "pallet", "carton"})

Event = (
    Piece
    | Attributes
    | PlaceThing
    | OrderCode
    | DeliveryCode
    | ReturnCode
    | Badge
    | StationThing
    | Ambiguous
    | Unknown
    | Plate
    | BoxCode
    | Number
    | Text
    | Chosen
    | SortBy
    | Pressed
    | TestCode
)


def resolve(tx: Session, site: str, scanned: str, prompt: Prompt) -> Event:
    """Find what a scan means at this question.

    Args:
        tx: An open transaction.
        site: Where we are.
        scanned: The scan as the scanner sent it, without its end; or what was typed.
        prompt: The question it answers; its `Wants` decides between readings.

    Raises:
        Refused: If it can be said already here why the scan is no answer to anything.
    """
    wants = prompt.wants
    if len(scanned) > barcodes.SCAN_CHARACTERS_MAX:
        raise Refused(Code.SCAN_TOO_LONG, characters=len(scanned))
    event = (
        _test_code(scanned, prompt)
        or _command(scanned, prompt)
        or _typed(tx, site, scanned.strip(" "), prompt)
        or _named_choice(scanned.strip(" "), prompt)
    )
    if event is not None:
        return event
    read = barcodes.read(scanned)
    if read.damaged:
        raise Refused(DAMAGE[read.damaged], code=barcodes.shown(scanned))
    found = _find(tx, site, read, wants)
    if isinstance(found, Unknown):
        if "badge" in wants.kinds and (badge := finders.worker(tx, site, read.code)):
            return badge
        if wants.text:
            return _text(scanned)
        if wants.place and _is_short_number(read.code) and _has_digits(tx, site, wants.place):
            raise Refused(Code.WRONG_CHECK, place=wants.place, code=read.code)
        if key := TYPED_KEYS.get(scanned.strip(" ").upper()):
            return Pressed(key)
    elif wants.text and not _goes_before_text(found, read, wants):
        return _text(scanned)
    return found


def _goes_before_text(found: Event, read: Scanned, wants: Wants) -> bool:
    """Say whether something known stands for itself even where free text is asked for.

    Labels of places, badges and stations do: nobody could type what they hold. A lot may look
    like the name of a bin, or like the number of an order or a delivery.
    """
    match found:
        case Piece() | Ambiguous():
            return "piece" in wants.kinds
        case PlaceThing(code=code, proven=proven):
            return bool(read.own_kind or read.sscc) or (proven and code != read.code)
        case DeliveryCode() | ReturnCode() | OrderCode():
            return bool(read.own_kind)
        case _:
            return True


def _text(scanned: str) -> Text:
    """Take free text, unless something of it was lost on its way or cannot be seen."""
    text = scanned.strip(" ")
    if not barcodes.readable(text):
        raise Refused(Code.TEXT_UNREADABLE, code=barcodes.shown(text))
    return Text(text)


def _test_code(scanned: str, prompt: Prompt) -> TestCode | None:
    """Take a code of the scanner test; while that is open, all that no key is."""
    word = scanned.strip().upper()
    if word == COMMAND or is_test(scanned):
        return TestCode(scanned)
    if "scanner" in prompt.wants.kinds and word not in COMMANDS and word not in TYPED_KEYS:
        return TestCode(scanned)
    return None


def _command(scanned: str, prompt: Prompt) -> Event | None:
    if not scanned.startswith("*"):
        return None
    word, _, rest = scanned.strip().upper().partition(" ")
    if word in COMMANDS and not rest:
        return Pressed(COMMANDS[word])
    if word == "*QTY" and rest.isdecimal() and len(rest) <= QUANTITY_DIGITS_MAX:
        return Number(int(rest))
    if word in ("*CHOOSE", "*GRADE", "*REASON") and rest.isdecimal():
        return _choice(rest, prompt)
    if word == "*SORT" and rest.isdecimal() and (sort := _sorting(rest, prompt)):
        return sort
    facts = {**dict(prompt.ask_facts), "code": barcodes.shown(scanned), "ask_text": prompt.ask}
    raise Refused(Code.UNKNOWN_BARCODE, **facts)


def _typed(tx: Session, site: str, text: str, prompt: Prompt) -> Event | None:
    """Read what only a person would type at this question: numbers, check digits, a PIN."""
    wants = prompt.wants
    if not (text.isascii() and text.isdecimal()):
        return None
    if "pin" in wants.kinds:
        return Text(text)
    if prompt.choices and len(text) <= 2:
        return _choice(text, prompt)
    if wants.place and (place := _by_check_digits(tx, site, text, wants)):
        return place
    if wants.number and len(text) <= QUANTITY_DIGITS_MAX:
        return None if _is_a_product(tx, site, text, wants) else Number(int(text))
    return None


def _is_a_product(tx: Session, site: str, text: str, wants: Wants) -> bool:
    """Say whether a number is a product's barcode, of those in question: some codes are short.

    A piece must never count as its own code; who means so large a quantity types ``*QTY``.
    """
    if len(text) < CODE_DIGITS_MIN:
        return False
    merchants = wants.merchants or tuple(filter(None, [wants.sku.partition("/")[0]]))
    found = finders.products(tx, site, [text])
    return any(not merchants or one.merchant in merchants for one in found)


def _choice(digits: str, prompt: Prompt) -> Event:
    if not prompt.choices:
        number = barcodes.shown(digits, QUANTITY_DIGITS_MAX)
        facts = {**dict(prompt.ask_facts), "number": number, "ask_text": prompt.ask}
        raise Refused(Code.NO_LIST, **facts)
    index = int(digits) - 1
    if not 0 <= index < len(prompt.choices):
        number = barcodes.shown(digits, QUANTITY_DIGITS_MAX)
        raise Refused(Code.NO_SUCH_CHOICE, number=number, choices=len(prompt.choices))
    return Chosen(prompt.choices[index].code)


def _sorting(digits: str, prompt: Prompt) -> SortBy | None:
    """Say how a list is sorted by its n-th column; None if it is not."""
    index = int(digits) - 1
    ways = [column.way for column in prompt.columns]
    return SortBy(ways[index]) if 0 <= index < len(ways) and ways[index] else None


def _named_choice(text: str, prompt: Prompt) -> Chosen | None:
    """Take an entry of a list by the code that stands on it, such as that of a box."""
    codes = {choice.code.casefold(): choice.code for choice in prompt.choices if choice.label}
    code = codes.get(text.casefold())
    return None if code is None else Chosen(code)


def _by_check_digits(tx: Session, site: str, text: str, wants: Wants) -> PlaceThing | None:
    """Take digits for those of the place asked for; the digits of any other place are wrong.

    A number as long as these is nothing else here, not even a quantity: who stands at another
    place would confirm this one with a number read off there.
    """
    found = finders.check_digits(tx, site, wants.place)
    if found is None or len(text) not in {len(found.now), len(found.old)}:
        return None
    if text not in (found.now, found.old):
        raise Refused(Code.WRONG_CHECK, place=wants.place, code=text)
    if _policy(tx, site, found.zone) == "scan":
        raise Refused(Code.SCAN_ONLY, place=wants.place)
    named = finders.place_by_name(tx, site, wants.place)
    renewed = bool(found.old) and text == found.now
    return replace(named[0], proven=True, renewed=renewed) if named else None


def _is_short_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= QUANTITY_DIGITS_MAX


def _has_digits(tx: Session, site: str, code: str) -> bool:
    found = finders.check_digits(tx, site, code)
    return found is not None and bool(found.now)


def _policy(tx: Session, site: str, zone: str) -> str:
    return site_rules(tx, site).policy(zone)


def _find(tx: Session, site: str, read: Scanned, wants: Wants) -> Event:
    """Look a code up among everything that has one, most specific first."""
    if not read.code:  # papers without a tracking number would be found by it
        return Unknown("", barcodes.shown(read.raw))
    if read.code in wants.codes:
        return Unknown(read.code, barcodes.shown(read.raw))
    places_first = bool(PLACE_KINDS & set(wants.kinds)) or bool(read.own_kind) or bool(read.sscc)
    label = read.sscc or read.code
    place = _labelled(tx, site, label, wants) if places_first else None
    if place and not (_names_goods(read, wants) and not place.pieces):
        return place
    if piece := _any_piece(tx, site, read, wants):
        return piece
    if place := place or (None if places_first else _labelled(tx, site, label, wants)):
        return place
    if "label" in wants.kinds and (place := papers.parcel_labelled(tx, site, read)):
        return place
    code = read.code
    paper = (
        (finders.box(tx, site, code) if "box" in wants.kinds else None)
        or finders.badge(tx, site, code)
        or finders.station(tx, site, code)
        or papers.paper(tx, site, code, wants)
        or _place_by_name(tx, site, code)
        or papers.order_labelled(tx, site, read, wants)
    )
    if paper is not None:
        return paper
    if not (read.gtin or read.sscc) and (told := _attributes(read)):
        return told
    if read.sscc and "plate" in wants.kinds:
        return Plate(read.sscc)
    return _replaced(tx, site, label) or Unknown(code, barcodes.shown(read.raw))


def _names_goods(read: Scanned, wants: Wants) -> bool:
    """Say whether a label of a pallet answers what is still asked of goods: it names them, too."""
    return bool(read.sscc and read.gtin) and wants.text and "piece" in wants.kinds


def _labelled(tx: Session, site: str, label: str, wants: Wants) -> PlaceThing | None:
    """Find the place with a label. Where only digits count, they are asked for."""
    found = finders.place_by_label(tx, site, label)
    if found is None:
        return None
    place, zone = found
    if zone is not None and place.code == wants.place and _policy(tx, site, zone) == "check":
        raise Refused(Code.CHECK_ONLY, place=place.code)
    return place


def _replaced(tx: Session, site: str, label: str) -> PlaceThing | None:
    """Find the place that had this label before; it proves nothing once the new one was used."""
    place = finders.place_by_old_label(tx, site, label)
    if place is not None and not place.proven:
        raise Refused(Code.LABEL_REPLACED, place=place.code)
    return place


def _any_piece(tx: Session, site: str, read: Scanned, wants: Wants) -> Piece | Ambiguous | None:
    found = finders.products(tx, site, {code for code in (read.gtin, read.code, read.raw) if code})
    if not found:
        return None
    first = {(one.merchant, one.sku): one for one in reversed(found)}
    found = tuple(first[key] for key in sorted(first))
    if wanted := [one for one in found if f"{one.merchant}/{one.sku}" == wants.sku]:
        found = tuple(wanted)
    elif own := [one for one in found if one.merchant in wants.merchants]:
        found = tuple(own)
    count = wants.told_count if read.count is None else read.count
    options = tuple(_told(one, read, count) for one in found)
    return options[0] if len(options) == 1 else Ambiguous(options)


def _attributes(read: Scanned) -> Attributes | None:
    """Give what a code tells of goods that it does not name; None if it tells nothing."""
    told = Attributes(read.lot, read.expiry, read.serial, read.count or 0, read.weight_g)
    return None if told == Attributes() else told


def _told(piece: Piece, read: Scanned, count: int | None) -> Piece:
    """Put what a code tells into a piece.

    A count beside contents (AI 02 with 37) is of those: so many times what their own barcode
    stands for. Beside the number of the goods themselves it says how many pieces are in this very
    unit; where the books know that number already the two must agree, else one of them is wrong.

    Raises:
        Refused: If the label tells none, tells of contents and not how many, or tells another
            number than the books; or one that nobody could have typed either.
    """
    pieces = piece.pieces
    if count == 0 or (count is None and read.contents):
        raise Refused(Code.LABEL_TELLS_NONE, sku=piece.sku)
    if count and read.contents:
        pieces *= count
    elif count and not (pieces := in_unit(piece.pieces, count)):
        raise Refused(Code.LABEL_DIFFERS, sku=piece.sku, number=count, pieces=piece.pieces)
    if pieces > PIECES_MAX:
        raise Refused(Code.BAD_QUANTITY, number=pieces, limit=PIECES_MAX)
    return replace(
        piece,
        pieces=pieces,
        count=count or 0,
        net_g=read.weight_g,
        lot=read.lot,
        expiry=read.expiry,
        serial=read.serial,
        sscc=read.sscc,
    )


def _place_by_name(tx: Session, site: str, code: str) -> PlaceThing | None:
    found = finders.place_by_name(tx, site, code.upper())
    if found is None:
        return None
    place, zone = found
    policy = _policy(tx, site, zone)
    digits = policy in ("check", "either") and _has_digits(tx, site, place.code)
    return replace(place, proven=policy == "none", digits=digits)


__all__ = ["Event", "product", "resolve"]
