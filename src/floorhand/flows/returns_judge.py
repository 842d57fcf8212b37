"""What shape are the pieces in, and what becomes of them? The second half of return inspection."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from floorhand.domain.returns import (
    AS_ADVISED,
    DESTROY,
    FOR_SALE,
    GRADES,
    REASON_FROM_GRADE,
    TRACKED,
    UNDELIVERED,
    Dispose,
    Finding,
    Parcel,
    Recount,
    proposal,
)
from floorhand.domain.things import (
    Attributes,
    Badge,
    Chosen,
    Key,
    Number,
    Piece,
    Place,
    Pressed,
    Text,
)
from floorhand.errors import Code
from floorhand.flows.returns_states import (
    ChooseDisposition,
    ChooseReason,
    Counting,
    Deciding,
    Grading,
    Judged,
    NeedBadge,
    NeedTracked,
    OnBench,
    State,
)
from floorhand.flows.turn import Ask, Do, Facts, Refuse, Reply
"""PLACEHOLDER"""
