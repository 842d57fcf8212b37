"""Conversations that end in a refusal, one for each that no floor script comes to.

Lines are those of a floor script (see `scripts.test_scripts`); the worker of the warehouse has
signed in before, unless the second line is ``@ nobody``.
"""

from __future__ import annotations

from floorhand.errors import Code

HAT, MUG, MILK = "09506000134352", "09506000134376", "09506000134369"
"""At the packing bench; what other warehouses call by these numbers stands beside them."""

PACKING = ("@ packing", "@ job packing")
TWO_PARCELS = (
    *(*PACKING, "> T-9", f"> {MUG}", "> 2", f"> {HAT}"),
    "@ books UPDATE print_job SET state = 'sent', sent_at = created_at",
)
CARRIER = (
    '@ books INSERT INTO carrier_code (site, code, merchant, "order", label_no) '
    "VALUES ('MAIN', '1Z680RA4DL08720000', 'ACME', '{}', 1)"
)
RETURNS = ("@ returns", "@ job returns")
RECEIVING = ("@ job receiving", "> D-100", "> LD1")
INBOUND = ("@ inbound", *RECEIVING)
WALK = ("@ job picking", "> CART-1", "> T-1", "> T-2")
TAKEN_OVER = ("@ seat H2", "@ worker W2", "@ job picking", "> CART-1", "> CART-1")
FIRST_LINE_ONLY = "@ books DELETE FROM order_line WHERE \"order\" <> '1001' OR line_no <> {}"
ONE_ORDER = "@ books DELETE FROM orders WHERE number <> '1001'"
PLACES_BY = '@ books UPDATE site SET rules = \'{{"default_place_policy": "{}"}}\''
STANDS = "@ books UPDATE place SET parent = '{}' WHERE code = '{}'"


def guesses(*guess: str) -> tuple[str, ...]:
    """Guess wrong so often that nobody may go on, each time at leisure."""
    return tuple(line.format(number) for number in range(10) for line in ("@ later 4000", *guess))


SIGNING_IN: dict[Code, tuple[str, ...]] = {
    Code.UNKNOWN_WORKER: ("@ people", "@ nobody", "> NOSUCHBODY"),
    Code.NO_PIN: ("@ people", "@ nobody", "> W1"),
    Code.WRONG_PIN: ("@ people", "@ nobody", "> W3", "> 111111"),
    Code.GUESS_WAIT: ("@ people", "@ nobody", "> W3", "> 111111", "> 222222"),
    Code.SEAT_LOCKED: ("@ people", "@ nobody", *guesses("> NOBODY{}")),
    Code.PIN_LOCKED: ("@ people", "@ nobody", *guesses("@ seat S{}", "> W3", "> 11111{}")),
    Code.SIGNED_IN_ELSEWHERE: ("@ people", "@ seat H2", "@ worker W1", "@ seat H1", "> 1"),
    Code.IDLE_LOCKED: (
        *("@ people", "@ books UPDATE seat SET locks_after_s = 60", "@ later 120", "> 1"),
    ),
    Code.JOB_NOT_HERE: (
        *("@ packing", "@ books UPDATE station SET jobs = 'returns'", "> STATION-1", "> T-9"),
    ),
    Code.NO_SUCH_CHOICE: ("@ packing", "> *CHOOSE 99"),
    Code.NOT_TEST_CODE: ("@ packing", "> *SCANNER", "> NO-TEST-LABEL"),
}

SCANS: dict[Code, tuple[str, ...]] = {
    Code.BARCODE_DAMAGED: (*PACKING, "> ]C10109520000000010<GS>10LOT"),
    Code.BARCODE_CONTRADICTS: (*PACKING, f"> ]C101{MUG}10L7<GS>10L8"),
    Code.SCAN_TOO_LONG: (*PACKING, "> " + "x" * 10_000),
    Code.NO_LIST: (*PACKING, "> *CHOOSE 1"),
    Code.TEXT_UNREADABLE: (*RETURNS, "> Po\u202est"),
    Code.UNKNOWN_BARCODE: (*PACKING, "> NO-SUCH-CODE"),
    Code.KEY_NOT_NOW: (*PACKING, "> *FULL"),
    Code.LABEL_TELLS_NONE: (*INBOUND, f"> ]C101{HAT}300"),
    Code.LABEL_DIFFERS: (*INBOUND, "> ]C1011950600013435930010"),
    Code.SCAN_ONLY: ("@ picking", PLACES_BY.format("scan"), *WALK, "> 17"),
    Code.CHECK_ONLY: ("@ picking", PLACES_BY.format("check"), *WALK, "> BIN-A-01"),
    Code.LABEL_REPLACED: (
        *("@ picking", "@ books UPDATE place SET old_scan_code = 'OLD' WHERE code = 'A-01'"),
        *(*WALK, "> OLD"),
    ),
    Code.CODE_TAKEN: (
        *("@ inbound", "@ books UPDATE worker SET roles = 'receiving barcodes'"),
        *(*RECEIVING, "> NEW-1", "> *DONE", "> CAP"),
        "@ books INSERT INTO barcode (site, merchant, code, sku, pieces, pack)"
        " VALUES ('MAIN', 'ACME', 'NEW-1', 'MUG', 1, 'each')",
        "> 1",
    ),
}

INWARD: dict[Code, tuple[str, ...]] = {
    Code.NO_DELIVERIES: (
        *("@ inbound", "@ books UPDATE delivery SET state = 'closed'"),
        *("@ books UPDATE worker SET roles = 'receiving'", "@ job receiving", "> *LIST"),
    ),
    Code.NO_DOCK: (
        *("@ inbound", "@ books UPDATE place SET state = 'closed' WHERE kind = 'dock'"),
        *("@ job receiving", "> D-100"),
    ),
    Code.PALLET_NOT_HERE: (
        *(*INBOUND, "> *FULL", "@ books UPDATE place SET scan_code = 'P-1' WHERE kind = 'pallet'"),
        *("> LD2", "> P-1"),
    ),
    Code.PACK_NOT_HELD: (*PACKING, "> T-9", "> *SHORT", "> 1", "> *QTY 1", "> 4"),
    Code.SCAN_EACH_SERIAL: (
        *("@ inbound", "@ books UPDATE barcode SET pieces = 6, pack = 'case' WHERE sku = 'LAMP'"),
        *("@ job receiving", "> D-300", "> LD1", f"> {MUG}"),
    ),
    Code.COUNT_FIRST: (*INBOUND, f"> {HAT}", "> *QTY 0", "> *QTY 5"),
    Code.NOT_COUNTED_HERE: (*INBOUND, f"> {HAT}", "@ books DELETE FROM receipt", "> *QTY 3"),
    Code.NOT_ENOUGH_STOCK: (
        *(*INBOUND, f"> {HAT}", f"> {HAT}"),
        *("@ books UPDATE stock SET reserved = 2 WHERE place = 'DOCK-1'", "> *QTY 1"),
    ),
    Code.UNDO_STOCK: (
        *(*INBOUND, f"> {HAT}"),
        *("@ books UPDATE stock SET reserved = 1 WHERE place = 'DOCK-1'", "> *UNDO"),
    ),
    Code.STILL_NO_BIN: (
        *(*INBOUND, f"> {HAT}", "> *DONE", "> *DONE", "> *BACK"),
        "@ books UPDATE place SET state = 'closed' WHERE kind = 'bin'",
        *("@ job putaway", "> *DONE", f"> {HAT}", "> *SHORT", "> *DONE", "> *DONE"),
    ),
    Code.BIN_NO_ROOM: (
        *(*INBOUND, "> 09506000134383", "> 09506000134383", "> *QTY 11"),
        *("> *DONE", "> *DONE", "> *BACK"),
        *("@ job putaway", "> *DONE", "> 09506000134383", "> LA-01-1"),
    ),
    Code.BOUND_TO_ORDER: ("@ packing", "@ job putaway", "> T-1"),
}

OUTWARD: dict[Code, tuple[str, ...]] = {
    Code.PLACE_CLOSED: (
        *("@ picking", "@ books UPDATE place SET state = 'void' WHERE code = 'T-4'"),
        *("@ job picking", "> CART-1", "> T-4"),
    ),
    Code.TOTE_TAKEN: (
        *("@ picking", "@ books UPDATE place SET order_no = 'ACME/9' WHERE code = 'T-4'"),
        *("@ job picking", "> CART-1", "> T-4"),
    ),
    Code.TOTE_NOT_EMPTY: (
        *("@ picking", "@ books UPDATE stock SET place = 'T-4' WHERE place = 'PAL-1'"),
        *("@ job picking", "> CART-1", "> T-4"),
    ),
    Code.NESTED_TOO_DEEP: (
        *("@ picking", STANDS.format("A-01", "CART-1"), STANDS.format("A-02", "A-01")),
        *(STANDS.format("B-01", "A-02"), "@ job picking", "> CART-1", "> T-4"),
    ),
    Code.IN_ITSELF: (
        *("@ picking", STANDS.format("T-4", "CART-1"), "@ job picking", "> CART-1", "> T-4"),
    ),
    Code.PICK_PLACE_FIRST: ("@ picking", *WALK, "> *SHORT", "> 1"),
    Code.PICK_NOTHING_SHORT: ("@ picking", *WALK, "> BIN-A-01", "> *SHORT", "> 2"),
    Code.PICK_WRONG_SERIAL: (
        *("@ picking", FIRST_LINE_ONLY.format(1), ONE_ORDER),
        *("@ books UPDATE order_line SET sku = 'CAM'", *WALK[:3]),
        *("> BIN-C-01", "> CAM-1", "> S9"),
    ),
    Code.PICK_LOT_HELD: (
        *("@ picking", FIRST_LINE_ONLY.format(2), ONE_ORDER),
        *("@ books UPDATE stock SET condition = 'hold' WHERE lot = 'L2'", *WALK[:3]),
        *("> BIN-B-01", f"> ]C101{HAT}10L2"),
    ),
    Code.BENCH_FOR_RETURNS: (
        *("@ picking", FIRST_LINE_ONLY.format(1), ONE_ORDER),
        *("@ books UPDATE place SET zone = 'returns' WHERE code = 'BENCH-2'", *WALK[:3]),
        *("> BIN-A-01", "> MUG-1", "> 2", "> T-1", "> BENCH-2"),
    ),
    Code.ORDER_TAKEN_OVER: (
        *(*PACKING, "> T-9", "@ seat H2", "@ worker W2", "@ job packing", "> T-9", "> T-9"),
        *("@ seat H1", "> *BACK"),
    ),
    Code.WALK_TAKEN: ("@ picking", *WALK, *TAKEN_OVER, "@ seat H1", "> BIN-A-01"),
    Code.WALK_LOST: (
        *("@ picking", *WALK, "@ books UPDATE task SET state = 'done' WHERE kind = 'pick'"),
        "> BIN-A-01",
    ),
    Code.ALL_CHECKED: (*PACKING, "> T-6", "> POLE-2", "> POLE-2"),
    Code.EXTRA_BELONGS_TO: (*PACKING, "> T-1", f"> {HAT}", f"> {HAT}"),
    Code.BELONGS_TO: (*PACKING, "> T-1", "> POLE-2"),
    Code.NOT_IN_ORDER: (
        *("@ packing", "@ books UPDATE place SET order_no = NULL WHERE code = 'T-8'"),
        *("@ job packing", "> T-9", "> TEA-1"),
    ),
    Code.NOTHING_CHECKED: (*PACKING, "> T-1", "> *FULL"),
    Code.SCAN_EACH_PIECE: (*PACKING, "> T-1", "> *QTY 2"),
    Code.TOO_MANY_CHECKED: (*PACKING, "> T-9", f"> ]C101{MUG}307"),
    Code.CHOOSE_FROM_LIST: (*PACKING, "> T-2", "> *SHORT", f"> {MILK}"),
    Code.TOTE_EMPTY: (
        *("@ packing", "@ books UPDATE stock SET pieces = 0 WHERE place = 'T-9'"),
        *("@ job packing", "> T-9"),
    ),
    Code.TOTES_ELSEWHERE: (
        *("@ packing", STANDS.format("CART-1", "T-3"), STANDS.format("T-99", "T-2")),
        *("@ job packing", "> T-2"),
    ),
    Code.PACK_CLOSED: (*PACKING, "> T-9", f"> {MUG}", "> 2", "> ACME/1006"),
    Code.LABEL_OTHER: (*TWO_PARCELS, "> 395212340000000014"),
    Code.LABEL_NOT_HERE: (
        *(*TWO_PARCELS, "@ seat H2", "@ worker W2", "@ job packing", "> 395212340000000014"),
    ),
    Code.LABEL_TOO_EARLY: (*PACKING, CARRIER.format("1001"), "> 1Z680RA4DL08720000"),
    Code.LABEL_UNSURE: (
        *(*PACKING, CARRIER.format("1001"), CARRIER.format("1002"), "> 1Z680RA4DL08720000"),
    ),
    Code.ASKED_FIRST: (
        *(*TWO_PARCELS, "@ books UPDATE print_job SET state = 'doubt', sent_at = created_at"),
        *("> T-4", "> *BACK", f"> {MILK}"),
    ),
    Code.LABEL_COPY: (*TWO_PARCELS, "> *PRINT", "> 1", "> 395212340000000021"),
    Code.NO_LABEL: (
        *(
            *PACKING,
            f"> {HAT}",
            "@ books UPDATE print_job SET state = 'sent', sent_at = created_at",
        ),
        *("> *PRINT", "> *LIST", "> ACME/1006"),
    ),
    Code.NO_BOX_TYPES: (
        *("@ packing", "@ books DELETE FROM box_type", "@ job packing", "> T-9", "> *LIST"),
    ),
    Code.NO_BENCH: (
        *("@ packing", STANDS.format("CART-1", "T-1"), "@ job packing"),
        *("> T-1", "> *SHORT", "> 1", "> 2"),
    ),
    Code.UNDO_PRINTED: (
        *(*PACKING, "> T-9", f"> {MUG}", f"> {MUG}"),
        "@ books UPDATE print_job SET state = 'sent', sent_at = CURRENT_TIMESTAMP",
        "> *UNDO",
    ),
}

BACK: dict[Code, tuple[str, ...]] = {
    Code.RETURN_NONE_WAITING: ("@ packing", "@ job returns", "> *LIST"),
    Code.RETURN_NOT_SHIPPED: (*RETURNS, "> 1005"),
    Code.RETURN_TEXT_LONG: (*RETURNS, "> ODD-1", "> *DONE", "> " + "y" * 400),
    Code.RETURN_NOTHING_LEFT: (
        *(*RETURNS, "> TRK-4", f"> {HAT}", "> *QTY 3", "> 1", "> *DONE", "> *LIST"),
    ),
    Code.RETURN_CLOSED: (
        *(*RETURNS, "> TRK-4", f"> {HAT}", "> 3", "> 1", "> *DONE", "> 1", "> RMA-4"),
    ),
    Code.RETURN_NO_WORDS: (*RETURNS, "> RMA-1", "> *SHORT", "> 1", "> 12"),
    Code.RETURN_SERIAL_HERE: (
        *(*RETURNS, "> RMA-3", "> 09506000134383", "> SN-1", "> 1", "> *DONE"),
        *("> 09506000134383", "> SN-1"),
    ),
}

COUNTED = ("@ counted", "@ job counting")

BETWEEN: dict[Code, tuple[str, ...]] = {
    Code.NOTHING_TO_COUNT: ("@ counted", "@ books DELETE FROM task", "@ job counting", "> *DONE"),
    Code.NOTHING_TO_REFILL: (
        *("@ refilled", "@ books DELETE FROM refill", "@ job refill", "> *DONE"),
    ),
    Code.WORK_LOST: (
        *(*COUNTED, "> BIN-A-02", "> CAP-1"),
        *("@ books UPDATE task SET state = 'cancelled' WHERE place = 'A-02'", "> CAP-1"),
    ),
    Code.COUNT_TAKEN: (
        *(*COUNTED, "> BIN-A-02", "@ seat H2", "@ worker W2", "@ job counting", "> BIN-A-02"),
    ),
}

LEADING = ("@ role W2 lead", "@ seat H2", "@ worker W2", "@ job leading")
SHORT = (
    "@ books INSERT INTO trouble (site, id, kind, subject, merchant, facts, pieces, owner,"
    " raised_by, proposal, created_at, decision, decided_by, reason) SELECT 'MAIN', 'X',"
    " 'short_order', 'ACME/1003', 'ACME', '{}', 1, '', '', '', due_at, '', '', '' FROM orders"
    " WHERE number = '1003'"
)
DESK: dict[Code, tuple[str, ...]] = {
    Code.CORRECTION_MOVED: (
        *("@ picking", *LEADING, "@ job correcting", "> A-01", "> PEN-1", "> 4"),
        *("@ books UPDATE stock SET pieces = 9 WHERE sku = 'PEN' AND place = 'A-01'", "> 1"),
    ),
    Code.CORRECTION_PROMISED: (
        *("@ picking", *LEADING, "@ job correcting", "> A-01", "> PEN-1", "> 1"),
        *("@ books UPDATE stock SET reserved = 5 WHERE sku = 'PEN' AND place = 'A-01'", "> 1"),
    ),
    Code.EXCEPTION_CHANGED: (
        *("@ picking", SHORT, "@ books UPDATE orders SET state = 'waiting' WHERE number = '1003'"),
        *(*LEADING, "@ job exceptions", "> 1"),
        *("@ books UPDATE orders SET state = 'released' WHERE number = '1003'", "> 1"),
    ),
}

TALKS = {**BETWEEN, **SIGNING_IN, **SCANS, **INWARD, **OUTWARD, **BACK, **DESK}
