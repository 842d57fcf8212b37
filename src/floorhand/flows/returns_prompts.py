"""What return inspection shows, for each state of `floorhand.flows.returns_states`."""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain.days import goods_words
from floorhand.domain.inspection import proposal
from floorhand.domain.keymap import Key
from floorhand.domain.returns import (
    CUSTOMER_RETURN,
    DESTROY,
    GRADES,
    NONE_OF_THESE,
    REASONS,
    RECALL,
    UNDELIVERED,
    Finding,
    Option,
    Parcel,
)
from floorhand.domain.rules import DISPOSITIONS
from floorhand.domain.things import Attributes
from floorhand.flows.returns_states import (
    ChooseDisposition,
    ChooseLine,
    ChooseOrigin,
    ChooseOther,
    ChooseReason,
    ChooseReturn,
    ConfirmMissing,
    ConfirmNew,
    ConfirmUnknown,
    Counting,
    Deciding,
    Grading,
    Identifying,
    Inspecting,
    NeedBadge,
    NeedCarrier,
    NeedComment,
    NeedPicture,
    NeedReturn,
    NeedSender,
    NeedTracked,
    State,
    TakeOver,
)
from floorhand.flows.telling import told_count
from floorhand.flows.turn import Choice, Item, Prompt, Wants

FIRST_KINDS = ("return", "order", "piece", "unknown")

BACK = ((Key.BACK, "key.back"),)


def prompt(state: State) -> Prompt:
    """Say what to show."""
    match state:
        case NeedComment() | NeedPicture():
            comment = isinstance(state, NeedComment)
            return Prompt(
                ask="returns.comment" if comment else "returns.picture",
                ask_facts=(("why_text", state.why),),
                facts=(("fact.return", state.number),),
                keys=((Key.SKIP, "returns.key_later"),),
                wants=Wants(kinds=("text",), text=True),
            )
        case Inspecting(parcel=parcel, told=told):
            return _inspecting(parcel, told)
        case Counting() | Grading() | ChooseReason():
            return _counted(state)
        case Deciding() | ChooseDisposition() | NeedBadge():
            return _judged(state)
        case ChooseLine() | ChooseOther() | NeedTracked() | ConfirmMissing():
            return _aside(state)
        case _:
            return _identifying(state)


def _identifying(state: Identifying) -> Prompt:
    match state:
        case TakeOver() | ConfirmNew():
            return _asked_back(state)
        case NeedReturn():
            return Prompt(
                ask="returns.scan_return",
                keys=(
                    (Key.LIST, "returns.key_waiting"),
                    (Key.MISMATCH, "returns.key_no_label"),
                    *BACK,
                ),
                wants=Wants(kinds=FIRST_KINDS),
            )
        case ChooseReturn(options=options, waiting=waiting):
            ask = "returns.which_waiting" if waiting else "returns.which_return"
            wants = Wants(kinds=("choice", "return"))
            return Prompt(ask, keys=BACK, choices=_rows(options), wants=wants)
        case ChooseOrigin(options=options, piece=piece):
            goods = (Item(piece.sku, piece.name, mark="now"),) if piece else ()
            return Prompt(
                ask="returns.which_origin",
                goods=goods,
                keys=BACK,
                choices=_rows(options),
                wants=Wants(kinds=("choice",)),
            )
        case ConfirmUnknown(shown=shown):
            return Prompt(
                ask="returns.unknown_parcel",
                facts=(("returns.fact_scanned", shown),),
                keys=((Key.DONE, "key.yes"), *BACK),
                wants=Wants(kinds=("done", *FIRST_KINDS)),
            )
        case NeedCarrier() | NeedSender():
            ask = "returns.carrier" if isinstance(state, NeedCarrier) else "returns.sender"
            return Prompt(
                ask=ask,
                keys=((Key.SKIP, "returns.key_unreadable"), *BACK),
                wants=Wants(kinds=("text",), text=True),
            )


def _asked_back(state: TakeOver | ConfirmNew) -> Prompt:
    """Ask whether a return is to be taken from its holder, or begun though nobody announced it."""
    match state:
        case TakeOver(number=number, name=name, since=since):
            return Prompt(
                ask="returns.take_over",
                facts=(
                    ("fact.return", number),
                    ("fact.worker", name),
                    ("returns.fact_since", since),
                ),
                keys=BACK,
                wants=Wants(kinds=("return",)),
            )
        case ConfirmNew(order=order):
            kinds = (CUSTOMER_RETURN, UNDELIVERED)
            return Prompt(
                ask="returns.which_kind",
                facts=(("fact.order", order), ("fact.merchant", state.merchant)),
                keys=BACK,
                choices=tuple(Choice(kind, f"returns.kind.{kind}") for kind in kinds),
                wants=Wants(kinds=("choice", *FIRST_KINDS)),
            )


def _rows(options: tuple[Option, ...]) -> tuple[Choice, ...]:
    return tuple(
        Choice(option.code, text="returns.none_of_these")
        if option.code == NONE_OF_THESE
        else Choice(option.code, label=option.label)
        for option in options
    )


def _frame(parcel: Parcel, ask: str, *, brief: bool = False) -> Prompt:
    """Give what all questions about a parcel on the bench show; ``brief`` beside a long list."""
    maybe = f"{parcel.maybe} (1/{parcel.maybes})" if parcel.maybe else ""
    facts = (
        ("fact.return", parcel.number),
        ("fact.merchant", parcel.merchant),
        ("fact.order", parcel.order),
        ("returns.fact_maybe", maybe),
        ("returns.fact_due", parcel.due),
        ("returns.fact_said", parcel.reason),
        ("fact.tote", parcel.tote),
    )
    return Prompt(
        ask=ask,
        facts=tuple(fact for fact in (facts[:1] if brief else facts) if fact[1]),
        progress=(parcel.found, parcel.advised) if parcel.advised else None,
        wants=Wants(merchants=(parcel.merchant,) if parcel.merchant else ()),
    )


def closes_by_number(parcel: Parcel) -> bool:
    """Say whether all that was expected is judged, so that the list offers to close the return."""
    return not parcel.next_sku and bool(parcel.advised or parcel.pieces)


def _inspecting(parcel: Parcel, told: Attributes | None) -> Prompt:
    left = bool(parcel.next_sku)
    over = closes_by_number(parcel)
    ask = "returns.all_found" if parcel.advised else "returns.next_or_close"
    shown = _frame(parcel, ask if over else "returns.scan_piece")
    item = Item(parcel.next_sku, parcel.next_name, parcel.next_left, mark="now")
    wants = replace(
        shown.wants,
        kinds=("choice", "piece", "tote") if over else ("piece", "done", "tote"),
        sku=f"{parcel.merchant}/{parcel.next_sku}" if left else "",
        order=f"{parcel.merchant}/{parcel.order}" if parcel.order else "",
        told_count=told_count(told),
    )
    return replace(
        shown,
        goods=(item,) if left else (),
        keys=(
            *(((Key.DONE, "returns.key_close"),) if not over else ()),
            (Key.LIST, "returns.key_lines"),
            (Key.MISMATCH, "returns.key_other"),
            (Key.PRINT, "returns.key_plate"),
            *BACK,
        ),
        choices=(Choice("close", "returns.close"),) if over else (),
        wants=wants,
        label=("return", parcel.number),
    )


def _aside(state: ChooseLine | ChooseOther | NeedTracked | ConfirmMissing) -> Prompt:
    """Show a question beside the row of pieces: which SKU, what else, what is missing."""
    match state:
        case ChooseLine(parcel=parcel, options=options):
            shown = _frame(parcel, "returns.which_sku")
            wants = replace(shown.wants, kinds=("choice", "piece"))
            return replace(shown, choices=_rows(options), keys=BACK, wants=wants)
        case ChooseOther(parcel=parcel):
            shown = _frame(parcel, "returns.what_else")
            wants = replace(shown.wants, kinds=("choice", "piece"))
            return replace(shown, choices=_others(parcel), keys=BACK, wants=wants)
        case NeedTracked(parcel=parcel, piece=piece, ask=ask):
            shown = _frame(parcel, f"returns.{ask}")
            return replace(
                shown,
                ask_facts=(("order_text", f"date_order.{parcel.expiry_order}"),)
                if ask == "expiry"
                else (),
                goods=(Item(piece.sku, piece.name, piece.pieces, mark="now"),),
                keys=((Key.SKIP, "returns.key_unreadable"), *BACK),
                wants=replace(
                    shown.wants,
                    kinds=("text", "piece"),
                    sku=f"{piece.merchant}/{piece.sku}",
                    text=True,
                ),
            )
        case ConfirmMissing(parcel=parcel, options=options, pieces=pieces):
            return replace(
                _frame(parcel, "returns.confirm_missing"),
                ask_facts=(("missing", pieces), ("advised", parcel.advised)),
                goods=tuple(Item(option.code, option.label) for option in options),
                keys=BACK,
                choices=(Choice("close", "returns.close_without"),),
                wants=Wants(kinds=("choice", "piece"), merchants=(parcel.merchant,)),
            )


def _others(parcel: Parcel) -> tuple[Choice, ...]:
    codes = (
        *(("empty",) if not parcel.pieces else ()),
        "no_code",
        *_other_kind(parcel),
        *(("order",) if parcel.merchant and parcel.next_sku and not parcel.order else ()),
    )
    return tuple(Choice(code, f"returns.other.{code}") for code in codes)


def _other_kind(parcel: Parcel) -> tuple[str, ...]:
    """Say what the return may turn out to be; a recall stays one, or its goods could be sold.

    Nor was it undelivered once pieces of it have been judged as what a buyer sent back.
    """
    if parcel.kind == UNDELIVERED:
        return ("customer",)
    return ("undelivered",) if parcel.kind != RECALL and not parcel.pieces else ()


def _item(finding: Finding) -> Item:
    note = goods_words(finding.lot, finding.expiry, finding.serial)
    return Item(finding.sku, finding.name, finding.pieces, note, mark="now")


def _counted(state: Counting | Grading | ChooseReason) -> Prompt:
    parcel, finding = state.parcel, state.finding
    frame = _frame(parcel, "returns.how_many", brief=not isinstance(state, Counting))
    shown = replace(frame, goods=(_item(finding),), count=str(finding.pieces))
    sku = f"{finding.merchant}/{finding.sku}"
    match state:
        case Counting():
            hint = max(finding.left, finding.pieces)
            wants = replace(shown.wants, kinds=("number", "piece", "done"), sku=sku)
            return replace(
                shown,
                keys=((Key.DONE, "returns.key_counted"), *BACK),
                wants=replace(wants, number=True, number_hint=hint),
            )
        case Grading():
            return replace(
                shown,
                ask="returns.grade",
                choices=tuple(Choice(str(grade), f"grade.{grade}") for grade in GRADES),
                keys=((Key.LIST, "returns.key_count"), *BACK),
                wants=replace(shown.wants, kinds=("choice", "piece"), sku=sku),
            )
        case ChooseReason(grade=grade):
            ours = tuple(Choice(reason, f"returns.reason.{reason}") for reason in REASONS)
            said = (Choice("said", label=finding.said),) if finding.said else ()
            return replace(
                shown,
                ask="returns.reason",
                ask_facts=(("grade", grade),),
                choices=(*said, *ours),
                keys=BACK,
                wants=replace(shown.wants, kinds=("choice",)),
            )


def _judged(state: Deciding | ChooseDisposition | NeedBadge) -> Prompt:
    parcel, finding = state.parcel, state.finding
    told = proposal(finding, parcel.kind, state.grade)
    frame = _frame(parcel, "returns.decide", brief=isinstance(state, ChooseDisposition))
    shown = replace(frame, goods=(_item(finding),), count=str(finding.pieces))
    match state:
        case Deciding():
            tote = parcel.tote if told != DESTROY else ""
            ask = "returns.decide_tote" if tote else "returns.decide"
            return replace(
                shown,
                ask="returns.decide_destroy" if told == DESTROY else ask,
                ask_facts=(("disposition_text", f"disposition.{told}"), ("tote", tote)),
                keys=((Key.DONE, "key.yes"), (Key.LIST, "returns.key_differently"), *BACK),
                wants=replace(shown.wants, kinds=("done", "tote")),
            )
        case ChooseDisposition():
            return replace(
                shown,
                ask="returns.which_disposition",
                choices=tuple(
                    Choice(name, f"disposition.{name}") for name in DISPOSITIONS if name != told
                ),
                keys=BACK,
                wants=replace(shown.wants, kinds=("choice",)),
            )
        case NeedBadge():
            return replace(
                shown,
                ask="returns.second_badge",
                keys=BACK,
                wants=replace(shown.wants, kinds=("badge",)),
            )
