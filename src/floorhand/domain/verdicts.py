"""What we tell a platform about a return, in its own words.

floorhand never moves money: the verdict says what was found, and the platform or the merchant
draws the consequence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from floorhand.domain.returns import (
    EMPTY,
    FOR_SALE,
    OTHER_MERCHANT,
    REASONS,
    WRONG_PIECE,
)

GOOD = "good"
REPACK = "repack"
BUYER = "buyer_fault"
CARRIER = "carrier_fault"
US = "our_fault"
WRONG = "wrong"
MISSING = "missing"

TIKTOK = "tiktok"
SHOPIFY = "shopify"
AMAZON = "amazon"
OWN = "own"

_APPROVE = "APPROVE_RECEIVED_PACKAGE"
_REJECT = "REJECT_RECEIVED_PACKAGE"

WORDS: dict[str, dict[str, str]] = {
    TIKTOK: {
        GOOD: _APPROVE,
        REPACK: _APPROVE,
        BUYER: _REJECT,
        CARRIER: _APPROVE,
        US: _APPROVE,
        EMPTY: _REJECT,
        WRONG: _REJECT,
        MISSING: _REJECT,
    },
    SHOPIFY: {
        GOOD: "RESTOCKED",
        REPACK: "PROCESSING_REQUIRED",
        BUYER: "NOT_RESTOCKED",
        CARRIER: "NOT_RESTOCKED",
        US: "NOT_RESTOCKED",
        EMPTY: "MISSING",
        WRONG: "NOT_RESTOCKED",
        MISSING: "MISSING",
    },
    AMAZON: {
        GOOD: "Sellable",
        REPACK: "Defective",
        BUYER: "CustomerDamaged",
        CARRIER: "CarrierDamaged",
        US: "FulfillerDamaged",
        EMPTY: "exception",
        WRONG: "exception",
        MISSING: "exception",
    },
    OWN: {
        GOOD: "approve",
        REPACK: "approve",
        BUYER: "reject",
        CARRIER: "approve",
        US: "approve",
        EMPTY: "reject",
        WRONG: "reject",
        MISSING: "reject",
    },
}
"""Default words of each platform; `OWN` is for merchants who read our own files."""

_PARTLY = {TIKTOK: "OFFER_PARTIAL_REFUND", OWN: "partial"}
"""The word when some pieces are accepted and others are not."""

_REJECTING = frozenset({_REJECT, "OFFER_PARTIAL_REFUND", "reject", "partial"})
"""Words that wait for reason, comment and picture."""

_WORST_FIRST = (EMPTY, WRONG, BUYER, MISSING, CARRIER, US, REPACK, GOOD)


@dataclass(frozen=True, slots=True)
class Found:
    """One finding as the verdict needs it."""

    sku: str
    pieces: int
    outcome: str
    grade: int
    reason: str
    disposition: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a platform is told.

    ``lines`` are (SKU, pieces, word); ``rejects`` says that it is a rejection, which has to wait
    for comment and picture.
    """

    platform: str
    decision: str
    reject_reason: str
    rejects: bool
    lines: tuple[tuple[str, int, str], ...]


def vocabulary(platform: str) -> str:
    """Say whose words to use for what a return's ``platform`` is called."""
    name = platform.lower()
    return next((known for known in (TIKTOK, SHOPIFY, AMAZON) if name.startswith(known)), OWN)


def classify(found: Found) -> str:
    """Say what kind of finding it is, in terms that every platform has a word for."""
    if found.outcome == EMPTY:
        return EMPTY
    if found.outcome in (WRONG_PIECE, OTHER_MERCHANT):
        return WRONG
    if found.disposition in FOR_SALE:
        return GOOD
    if found.grade <= 3:
        return REPACK
    return {"buyer": BUYER, "carrier": CARRIER, "us": US}[REASONS.get(found.reason, "buyer")]


def judge(
    platform: str,
    found: tuple[Found, ...],
    missing: tuple[tuple[str, int], ...],
    words: Mapping[str, str],
) -> Verdict:
    """Put a return's findings into one verdict.

    Args:
        platform: As the return names it; any other is told in our own words.
        found: All findings.
        missing: Announced and not found: SKU and pieces. Not counted if the parcel was empty.
        words: The merchant's own words, by ``platform.kind`` such as ``tiktok.buyer_fault``.
    """
    spoken = vocabulary(platform)
    kinds = [(f.sku, f.pieces, classify(f), f.reason) for f in found]
    if not any(kind == EMPTY for *_, kind, _ in kinds):
        kinds += [(sku, pieces, MISSING, "") for sku, pieces in missing]
    word = {kind: words.get(f"{spoken}.{kind}", default) for kind, default in WORDS[spoken].items()}
    lines = tuple((sku, pieces, word[kind]) for sku, pieces, kind, _ in kinds if sku)
    ordered = sorted(kinds, key=lambda k: _WORST_FIRST.index(k[2]))
    if not ordered:
        return Verdict(spoken, word[GOOD], "", False, ())
    _, _, worst, reason = ordered[0]
    told = {word[kind] for *_, kind, _ in kinds}
    decision = word[worst]
    if spoken in _PARTLY and len(told) > 1 and told & _REJECTING:
        decision = _PARTLY[spoken]
    rejects = decision in _REJECTING
    return Verdict(spoken, decision, (reason or worst) if rejects else "", rejects, lines)


def reason_text(reject_reason: str) -> str:
    """Name the text that says in a worker's words why something is rejected.

    What the platform or the buyer gave as reason has no text: it is told as it is.
    """
    if reject_reason in (EMPTY, WRONG, MISSING):
        return f"returns.why.{reject_reason}"
    if reject_reason in REASONS:
        return f"returns.reason.{reject_reason}"
    if not reject_reason or reject_reason in _WORST_FIRST:
        return "returns.reason.other"
    return reject_reason


def complete(body: Mapping[str, object], rejects: bool) -> bool:
    """Say whether a verdict can be sent: a rejection needs reason, comment and picture."""
    needed = ("reject_reason", "comment", "evidence") if rejects else ()
    return all(body.get(name) for name in needed)
