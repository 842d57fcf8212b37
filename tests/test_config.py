"""Settings: nearer to the user wins, and nothing misspelt is ignored."""

from __future__ import annotations

from pathlib import Path

import pytest

from floorhand.config import Settings, load
from floorhand.errors import BadSetting


def write(folder: Path, text: str) -> Path:
    file = folder / "floorhand.toml"
    file.write_text(text, "utf-8")
    return file


def test_the_command_line_beats_the_environment_beats_the_file(tmp_path) -> None:
    file = write(tmp_path, 'site = "FILE"\nseat = "FILE"\nlanguage = "it"')
    environ = {"FLOORHAND_SITE": "ENV", "FLOORHAND_SEAT": "ENV"}
    settings = load(file, environ, {"seat": "TYPED"})
    assert (settings.site, settings.seat, settings.language) == ("ENV", "TYPED", "it")


def test_without_anything_there_are_defaults() -> None:
    assert load(None, {}) == Settings()


def test_a_misspelt_setting_is_refused_by_name(tmp_path) -> None:
    with pytest.raises(BadSetting, match="no such setting: databse; known: database, site"):
        load(write(tmp_path, 'databse = "x.db"'), {})


@pytest.mark.parametrize("text", ["not toml", 'site = "', "\x00"])
def test_a_file_that_is_no_toml_is_refused(tmp_path, text: str) -> None:
    with pytest.raises(BadSetting, match="cannot be read as settings"):
        load(write(tmp_path, text), {})


def test_a_missing_file_is_refused(tmp_path) -> None:
    with pytest.raises(BadSetting, match="cannot be read as settings"):
        load(tmp_path / "none.toml", {})


@pytest.mark.parametrize(("written", "meant"), [("1", True), ("no", False), ("TRUE", True)])
def test_a_switch_can_be_written_as_people_do(written: str, meant: bool) -> None:
    assert load(None, {"FLOORHAND_HINTS": written}).hints is meant


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("hints", "maybe", "true or false"), ("site", "", "some text"), ("seat", 7, "some text")],
)
def test_a_value_that_cannot_be_used_is_refused(name: str, value: object, said: str) -> None:
    with pytest.raises(BadSetting, match=f"{name} is .*{said}"):
        load(None, {}, {name: value})


def test_what_a_command_takes_by_itself_gives_way_to_whatever_is_said() -> None:
    usual = {"seat": "TALK"}
    assert load(None, {}, usual=usual).seat == "TALK"
    assert load(None, {"FLOORHAND_SEAT": Settings().seat}, usual=usual).seat == Settings().seat
    assert load(None, {}, {"seat": "H9"}, usual).seat == "H9"
