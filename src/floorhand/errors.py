"""Everything floorhand raises on purpose.

Two kinds of "no" exist. A refusal is an answer to the worker ("wrong bin") and is a value or a
`Refused`; the floor stays up. Any other `FloorhandError` means that the system could not do its
job, and the worker is asked to fetch a supervisor.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class Code(StrEnum):
    """Why a scan was refused; each has the text ``refusal.<code>`` in every language."""

    # The road of a scan
    UNKNOWN_BARCODE = "unknown_barcode"
    UNKNOWN_TEACHABLE = "unknown_teachable"
    CODE_TAKEN = "code_taken"
    NO_SUCH_SKU = "no_such_sku"
    SKU_OF_SEVERAL = "sku_of_several"
    NO_PACK_OF = "no_pack_of"
    BARCODE_DAMAGED = "barcode_damaged"
    BARCODE_CONTRADICTS = "barcode_contradicts"
    SCAN_TOO_LONG = "scan_too_long"
    NOT_EXPECTED_NOW = "not_expected_now"
    NOT_TEST_CODE = "not_test_code"
    KEY_NOT_NOW = "key_not_now"
    NO_SUCH_CHOICE = "no_such_choice"
    NO_LIST = "no_list"
    TEXT_UNREADABLE = "text_unreadable"
    TYPED_CODE = "typed_code"
    TYPED_ELSEWHERE = "typed_elsewhere"
    SCAN_LABEL = "scan_label"
    SCAN_ONLY = "scan_only"
    CHECK_ONLY = "check_only"
    LABEL_REPLACED = "label_replaced"
    PLACE_MISSED = "place_missed"
    WRONG_CHECK = "wrong_check"
    BAD_QUANTITY = "bad_quantity"
    LABEL_TELLS_NONE = "label_tells_none"
    LABEL_DIFFERS = "label_differs"
    BAD_DATE = "bad_date"
    SYSTEM_FAILED = "system_failed"
    SCAN_AGAIN = "scan_again"
    NOT_ENOUGH_STOCK = "not_enough_stock"
    PLACE_CLOSED = "place_closed"
    NESTED_TOO_DEEP = "nested_too_deep"
    IN_ITSELF = "in_itself"
    NO_ROOM_FOR_WORK = "no_room_for_work"
    # Taking back
    UNDO_NOTHING = "undo_nothing"
    REDO_NOTHING = "redo_nothing"
    UNDO_CHANGED = "undo_changed"
    UNDO_STOCK = "undo_stock"
    UNDO_PRINTED = "undo_printed"
    UNDO_TOO_MUCH = "undo_too_much"
    UNDO_DONE = "undo_done"
    UNDO_DECIDED = "undo_decided"
    UNDO_HELD = "undo_held"
    NOTHING_DONE = "nothing_done"
    REVERSE_TOO_OLD = "reverse_too_old"
    REVERSE_DONE = "reverse_done"
    REVERSE_STOCK = "reverse_stock"
    REVERSE_MOVED = "reverse_moved"
    REVERSE_ENDED = "reverse_ended"
    LEAD_TOOK_BACK = "lead_took_back"
    # Signing in and the menu
    SIGNED_IN_ELSEWHERE = "signed_in_elsewhere"
    SEAT_LOST = "seat_lost"
    SEAT_FREED = "seat_freed"
    SEAT_YOURS = "seat_yours"
    IDLE_LOCKED = "idle_locked"
    UNKNOWN_WORKER = "unknown_worker"
    WRONG_PIN = "wrong_pin"
    NO_PIN = "no_pin"
    GUESS_WAIT = "guess_wait"
    PIN_LOCKED = "pin_locked"
    SEAT_LOCKED = "seat_locked"
    ROLE_MISSING = "role_missing"
    JOB_NOT_HERE = "job_not_here"
    # Picking
    TOTE_TAKEN = "tote_taken"
    TOTE_NOT_EMPTY = "tote_not_empty"
    WRONG_PLACE = "wrong_place"
    PICK_PIECE_FIRST = "pick_piece_first"
    PICK_PLACE_FIRST = "pick_place_first"
    PICK_WRONG_PIECE = "pick_wrong_piece"
    PICK_WRONG_LOT = "pick_wrong_lot"
    PICK_LOT_HELD = "pick_lot_held"
    PICK_LOT_TOO_NEW = "pick_lot_too_new"
    PICK_WRONG_SERIAL = "pick_wrong_serial"
    PICK_SCAN_FIRST = "pick_scan_first"
    PICK_TOO_MANY = "pick_too_many"
    PICK_TOO_FEW = "pick_too_few"
    PICK_NOTHING_SHORT = "pick_nothing_short"
    PICK_WRONG_TOTE = "pick_wrong_tote"
    PICK_LAST_PLACE = "pick_last_place"
    PICK_EXPIRED = "pick_expired"
    BENCH_FOR_RETURNS = "bench_for_returns"
    ORDER_ON_NO_WALK = "order_on_no_walk"
    WALK_LOST = "walk_lost"
    WALK_TAKEN = "walk_taken"
    # Packing and labels
    ASKED_FIRST = "asked_first"
    LABEL_OTHER = "label_other"
    LABEL_NOT_HERE = "label_not_here"
    LABEL_COPY = "label_copy"
    LABEL_TOO_EARLY = "label_too_early"
    LABEL_UNSURE = "label_unsure"
    NO_LABEL = "no_label"
    TOTE_FREE = "tote_free"
    TOTE_EMPTY = "tote_empty"
    PACK_NOT_PICKED = "pack_not_picked"
    PACK_CLOSED = "pack_closed"
    PACK_CANCELLED = "pack_cancelled"
    TOTES_ELSEWHERE = "totes_elsewhere"
    NO_SINGLE_ORDER = "no_single_order"
    READ_FIRST = "read_first"
    NOT_IN_ORDER = "not_in_order"
    BELONGS_TO = "belongs_to"
    EXTRA_BELONGS_TO = "extra_belongs_to"
    ALL_CHECKED = "all_checked"
    TOO_MANY_CHECKED = "too_many_checked"
    PACK_WRONG_LOT = "pack_wrong_lot"
    PACK_WRONG_SERIAL = "pack_wrong_serial"
    SERIAL_CHECKED = "serial_checked"
    SCAN_EACH_PIECE = "scan_each_piece"
    NOTHING_CHECKED = "nothing_checked"
    NO_BOX_TYPES = "no_box_types"
    INSERT_TWICE = "insert_twice"
    INSERT_IS_STOCK = "insert_is_stock"
    NO_BENCH = "no_bench"
    CHOOSE_FROM_LIST = "choose_from_list"
    MISSING_TOO_MANY = "missing_too_many"
    PACK_HELD = "pack_held"
    PACK_NOT_HELD = "pack_not_held"
    # Receiving
    DELIVERY_CLOSED = "delivery_closed"
    DELIVERY_FIRST = "delivery_first"
    DELIVERY_OPEN = "delivery_open"
    NO_DELIVERIES = "no_deliveries"
    NO_DOCK = "no_dock"
    OTHER_MERCHANT = "other_merchant"
    PALLET_NOT_HERE = "pallet_not_here"
    PALLET_EMPTY = "pallet_empty"
    MARK_WANTED = "mark_wanted"
    BAD_MARK = "bad_mark"
    SCAN_EACH_SERIAL = "scan_each_serial"
    LIFE_TOO_SHORT = "life_too_short"
    SERIAL_IN_HOUSE = "serial_in_house"
    COUNT_FIRST = "count_first"
    NOT_COUNTED_HERE = "not_counted_here"
    NOTHING_COUNTED = "nothing_counted"
    # Put-away
    NOTHING_TO_PUT_AWAY = "nothing_to_put_away"
    STILL_NO_BIN = "still_no_bin"
    NOTHING_INSIDE = "nothing_inside"
    NOT_LOOSE = "not_loose"
    BOUND_TO_ORDER = "bound_to_order"
    NOT_ON_PALLET = "not_on_pallet"
    WRONG_SOURCE = "wrong_source"
    BIN_NOT_LEGAL = "bin_not_legal"
    BIN_NO_ROOM = "bin_no_room"
    # Counts and refills
    NOTHING_TO_COUNT = "nothing_to_count"
    COUNT_TAKEN = "count_taken"
    COUNTED_BEFORE = "counted_before"
    COUNT_OPEN = "count_open"
    PLAN_BEGUN = "plan_begun"
    PLAN_DONE = "plan_done"
    PLAN_CHANGED = "plan_changed"
    WORK_LOST = "work_lost"
    WORK_FREED = "work_freed"
    PICKED_FIRST = "picked_first"
    WORK_GIVEN = "work_given"
    COUNT_ONLY = "count_only"
    COUNT_SCAN_FIRST = "count_scan_first"
    NOTHING_TO_REFILL = "nothing_to_refill"
    # The desk of those who lead
    HANDOVER_OWN = "handover_own"
    HANDOVER_GONE = "handover_gone"
    BAD_CLOCK = "bad_clock"
    RULE_NUMBER = "rule_number"
    RULE_SHIFT = "rule_shift"
    NO_EXCEPTIONS = "no_exceptions"
    EXCEPTION_DECIDED = "exception_decided"
    EXCEPTION_NO_DESK = "exception_no_desk"
    EXCEPTION_CHANGED = "exception_changed"
    EXCEPTION_OWN = "exception_own"
    AGAIN_NO_STOCK = "again_no_stock"
    CORRECTION_MOVED = "correction_moved"
    CORRECTION_SAME = "correction_same"
    CORRECTION_PROMISED = "correction_promised"
    # Return inspection
    RETURN_CLOSED = "return_closed"
    RETURN_TAKEN_OVER = "return_taken_over"
    ORDER_TAKEN_OVER = "order_taken_over"
    SOURCE_TAKEN_OVER = "source_taken_over"
    RETURN_NOT_CLOSED = "return_not_closed"
    RETURN_NOT_SHIPPED = "return_not_shipped"
    RETURN_TEXT_LONG = "return_text_long"
    RETURN_NO_WORDS = "return_no_words"
    RETURN_BAD_MARK = "return_bad_mark"
    RETURN_SERIAL_HERE = "return_serial_here"
    RETURN_JUDGE_FIRST = "return_judge_first"
    RETURN_NOT_RESTOCKABLE = "return_not_restockable"
    RETURN_TOTE = "return_tote"
    RETURN_BADGE_TYPED = "return_badge_typed"
    RETURN_SAME_BADGE = "return_same_badge"
    RETURN_NOTHING_LEFT = "return_nothing_left"
    RETURN_NONE_WAITING = "return_none_waiting"


class FloorhandError(Exception):
    """Base of all errors that floorhand raises on purpose."""


class Refused(FloorhandError):
    """A rule said no inside a transaction, so the whole scan must be rolled back.

    Args:
        code: The rule that said no.
        facts: Values for the text of the refusal, such as ``sku="MUG-BLUE", asked=3``.
    """

    def __init__(self, code: Code, /, **facts: str | int) -> None:
        super().__init__(f"{code} {facts}")
        self.code = code
        self.facts = facts


class Gone(Refused):
    """What the worker is at is finished or taken over by others: no scan could ever answer it."""


class SeatTaken(FloorhandError):
    """Another device, or a newer run of this one, holds the seat: this one must not write there.

    Args:
        seat: Name of the seat.
        device: Name of the device that holds it.
        since: Since when, in local time.
        worker: Who sits there; empty if nobody does.
    """

    def __init__(self, seat: str, device: str, since: str, worker: str) -> None:
        sits = f"; {worker} sits there" if worker else ""
        super().__init__(
            f"Seat {seat} is in use by {device} since {since}{sits}. "
            "Name another seat with --seat, or take this one over with --take-seat."
        )
        self.seat, self.device, self.since, self.worker = seat, device, since, worker


class Moves(FloorhandError):
    """The terminal goes on at a newer host: it ends here, and its client opens it there."""


class DatabaseAway(FloorhandError):
    """The database did not answer, so nobody knows whether the scan was taken. Send it again.

    ``told`` is the text for the worker who waits meanwhile.
    """

    told: ClassVar[str] = "terminal.not_yet_saved"


class NoRoom(DatabaseAway):
    """The disk of the database is full or fails. It takes somebody to make room."""

    told = "terminal.no_room"


class Exchanged(DatabaseAway):
    """The file of the database was moved away, or another one was put in its place."""

    told = "terminal.exchanged"


class Clash(DatabaseAway):
    """Two transactions wanted the same at once. Nothing of this one was written: do it again."""


class DatabaseUnusable(FloorhandError):
    """The database cannot be used at all (missing, read-only, newer); the text says what to do."""


class BadFile(FloorhandError):
    """A file cannot be read as what it claims to be; the text says what was expected."""


class BadSetting(FloorhandError):
    """A setting cannot be used; says which one and where it was written."""


class BadLabel(FloorhandError):
    """A label cannot be made from its data; says which element and why."""
