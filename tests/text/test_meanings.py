"""What figures mean is said once: screens and manual have the same words."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from floorhand.domain.signing_in import JOBS
from floorhand.reports.people import AS_JOBS
from floorhand.text.catalog import catalog, languages
from floorhand.text.meanings import FIGURES, IN_SUMMARY, IN_TABLES, NAMES, ON_BOARD, meanings

MANUAL = Path(__file__).parents[2] / "packaging" / "figures.md"

CHAPTERS = {
    "The board": ON_BOARD,
    "Tables behind it, and what merchants are told": IN_TABLES,
    "The summary of a shift": IN_SUMMARY,
}

BEGINS = """\
# What the figures mean

The words of F1 on the screens. All figures come from what was done and is recorded; nothing is
typed in. What was taken back does not count.
"""


def written() -> Iterator[str]:
    yield BEGINS
    words = catalog("en")
    for title, figures in CHAPTERS.items():
        yield f"\n## {title}\n\n"
        for name, meaning in meanings(words, figures):
            yield f"- **{name}**: {meaning}\n"


def test_the_manual_says_what_the_screens_say() -> None:
    manual = "".join(written())
    if os.environ.get("UPDATE"):
        MANUAL.write_text(manual, "utf-8")
    assert MANUAL.read_text("utf-8") == manual


def test_each_heading_is_a_figure_that_is_explained_or_the_name_of_a_thing() -> None:
    texts = (MANUAL.parents[1] / "assets" / "text" / "en.po").read_text("utf-8")
    heads = set(re.findall(r'^msgid "board\.head\.(\w+)"$', texts, re.MULTILINE))
    assert heads - FIGURES - NAMES == set()
    assert not FIGURES & NAMES
    assert heads >= NAMES


@pytest.mark.parametrize("language", languages())
def test_each_figure_has_a_name_and_a_meaning(language: str) -> None:
    told = dict(meanings(catalog(language), FIGURES))
    assert not [one for one in told.items() if "means." in one[1] or "board.head." in one[0]]


@pytest.mark.parametrize("language", languages())
def test_each_job_has_a_heading_for_the_pieces_of_each_hour(language: str) -> None:
    say = catalog(language).say
    figures = {job: AS_JOBS.get(job, job) for job in JOBS}
    assert {job: say(f"board.head.{one}") for job, one in figures.items()} == {
        job: say(f"job.{job}") for job in JOBS
    }
    assert len({say(f"means.{one}") for one in figures.values()}) == 1
