"""What a platform is told."""

from __future__ import annotations

import pytest

from floorhand.domain.verdicts import WORDS, Found, complete, judge, reason_text, vocabulary


def found(grade: int, disposition: str, reason: str = "", outcome: str = "as_advised") -> Found:
    return Found("MUG", 1, outcome, grade, reason, disposition)


SEALED = found(1, "restock")
REPACK = found(3, "repack", "used")
BUYER = found(4, "back_to_merchant", "damaged_buyer")
CARRIER = found(4, "back_to_merchant", "damaged_carrier")
US = found(4, "back_to_merchant", "damaged_us")
EMPTY = Found("", 0, "empty", 0, "", "none")
WRONG = found(1, "quarantine", outcome="wrong_piece")


@pytest.mark.parametrize(
    ("finding", "tiktok", "shopify", "amazon"),
    [
        (SEALED, "APPROVE_RECEIVED_PACKAGE", "RESTOCKED", "Sellable"),
        (REPACK, "APPROVE_RECEIVED_PACKAGE", "PROCESSING_REQUIRED", "Defective"),
        (BUYER, "REJECT_RECEIVED_PACKAGE", "NOT_RESTOCKED", "CustomerDamaged"),
        (CARRIER, "APPROVE_RECEIVED_PACKAGE", "NOT_RESTOCKED", "CarrierDamaged"),
        (US, "APPROVE_RECEIVED_PACKAGE", "NOT_RESTOCKED", "FulfillerDamaged"),
        (EMPTY, "REJECT_RECEIVED_PACKAGE", "MISSING", "exception"),
        (WRONG, "REJECT_RECEIVED_PACKAGE", "NOT_RESTOCKED", "exception"),
    ],
)
def test_each_platform_hears_its_own_words(finding, tiktok, shopify, amazon) -> None:
    assert judge("tiktok_shop", (finding,), (), {}).decision == tiktok
    assert judge("shopify", (finding,), (), {}).decision == shopify
    assert judge("Amazon", (finding,), (), {}).decision == amazon


def test_partly_bad_offers_a_partial_refund() -> None:
    verdict = judge("tiktok", (SEALED, BUYER), (), {})
    assert (verdict.decision, verdict.rejects) == ("OFFER_PARTIAL_REFUND", True)
    assert verdict.reject_reason == "damaged_buyer"
    assert judge("", (SEALED,), (("CAP", 1),), {}).decision == "partial"


def test_an_empty_parcel_is_said_once_and_not_as_missing_pieces_too() -> None:
    verdict = judge("shopify", (EMPTY,), (("MUG", 2),), {})
    assert (verdict.decision, verdict.lines) == ("MISSING", ())


def test_a_merchant_may_have_words_of_his_own() -> None:
    words = {"tiktok.buyer_fault": "OFFER_PARTIAL_REFUND"}
    assert judge("tiktok", (BUYER,), (), words).decision == "OFFER_PARTIAL_REFUND"
    assert judge("shopify", (BUYER,), (), words).decision == "NOT_RESTOCKED"


def test_a_rejection_is_complete_only_with_reason_comment_and_picture() -> None:
    body = {"reject_reason": "used", "comment": "worn", "evidence": [{"file": "a.jpg"}]}
    assert complete(body, rejects=True)
    for name in body:
        assert not complete({**body, name: ""}, rejects=True)
        assert complete({**body, name: ""}, rejects=False)


def test_an_unknown_platform_hears_our_own_words_and_all_vocabularies_cover_the_same() -> None:
    assert vocabulary("demo") == "own"
    assert judge("demo", (SEALED,), (), {}).decision == "approve"
    assert len({frozenset(words) for words in WORDS.values()}) == 1


def test_a_shop_that_asks_per_line_gets_every_line() -> None:
    assert judge("shopify", (SEALED, REPACK), (("CAP", 2),), {}).lines == (
        ("MUG", 1, "RESTOCKED"),
        ("MUG", 1, "PROCESSING_REQUIRED"),
        ("CAP", 2, "MISSING"),
    )


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("used", "returns.reason.used"),
        ("missing", "returns.why.missing"),
        ("buyer_fault", "returns.reason.other"),
        ("", "returns.reason.other"),
        ("Too big", "Too big"),
    ],
)
def test_a_rejections_reason_has_words_for_the_worker(reason: str, text: str) -> None:
    assert reason_text(reason) == text
