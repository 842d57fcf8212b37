from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, make_url, select

from floorhand.commands import bench
from floorhand.config import Settings
from floorhand.domain.gs1 import check_is_good
from floorhand.errors import DatabaseUnusable
from floorhand.robots import measure_labels, measure_print, measure_summary
from floorhand.robots.ground import SITE
from floorhand.robots.measure import WARM_UP_TURNS, measure_scans
from floorhand.robots.measure_crew import figures_of, measure_crew
from floorhand.robots.measure_host import measure_host
from floorhand.robots.measure_many import measure_many
from floorhand.robots.measure_start import measure_start
from floorhand.robots.measure_terminal import last_painted, measure_idle, measure_painted
from floorhand.store.check import violations
from floorhand.store.db import engine_of, open_database
from floorhand.store.schema import Move, Operation


@pytest.mark.sqlite("it is measured in a file of its own")
def test_turns_are_measured_beside_the_same_statements_by_hand(tmp_path: Path) -> None:
    figures = measure_scans(tmp_path, turns=WARM_UP_TURNS + 40)
    assert figures["turns"] == 40
    assert figures["take_turn_p99_ms"] >= figures["take_turn_p50_ms"] > figures["raw_p50_ms"] > 0
    assert figures["ratio_to_raw"] > 1
    assert figures["statements_per_turn"] > 4
    assert list(tmp_path.iterdir()) == []


def test_turns_on_a_server_are_measured_too(postgresql_server: str) -> None:
    server = make_url(postgresql_server).set(drivername="postgresql+psycopg")
    url = server.render_as_string(hide_password=False)
    figures = measure_scans(turns=WARM_UP_TURNS + 10, server=url)
    assert figures["turns"] == 10
    assert figures["take_turn_p50_ms"] > 0 < figures["raw_p50_ms"]


@pytest.mark.sqlite("it is measured in a file of its own")
def test_the_command_prints_the_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("floorhand.robots.measure.TURNS_MAX", WARM_UP_TURNS + 20)
    parser = ArgumentParser()
    bench.add_arguments(parser)
    args = parser.parse_args(["scan", "--folder", str(tmp_path), "--json"])
    assert bench.run(args, Settings()) == 0
    figures = json.loads(capsys.readouterr().out)
    assert {"take_turn_p50_ms", "take_turn_p99_ms", "raw_p50_ms", "ratio_to_raw"} <= figures.keys()


@pytest.mark.sqlite("it is measured in a file of its own")
def test_a_start_is_measured_beside_a_bare_program() -> None:
    figures = measure_start(runs=1)
    assert figures["asked_ms"] > figures["painted_ms"] > 0 < figures["bare_ms"]
    assert figures["painted_cpu_ms"] > figures["bare_cpu_ms"] / 2 > 0


@pytest.mark.sqlite("it is measured in a file of its own")
def test_scans_at_a_terminal_are_measured_to_their_painted_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("floorhand.robots.measure_terminal.WARM_UP_SCANS", 2)
    figures = measure_painted(tmp_path, scans=8)
    assert figures["scans"] >= 6
    assert figures["painted_p99_ms"] >= figures["painted_p50_ms"] > 0
    assert figures["terminal_cpu_p50_ms"] > 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.sqlite("it is measured in a file of its own")
def test_scans_at_several_terminals_at_once_are_measured(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("floorhand.robots.measure_many.WARM_UP_S", 1.0)
    figures = measure_many(tmp_path, terminals=2, every_s=0.6, seconds=2.0)
    assert figures["terminals"] == 2
    assert figures["scans"] >= 2
    assert figures["longest_ms"] >= figures["painted_p50_ms"] > 0
    assert figures["private_mb"] > 1
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_takes_too_few_lines_is_not_measured(postgresql_server: str) -> None:
    server = make_url(postgresql_server).set(drivername="postgresql+psycopg")
    with pytest.raises(DatabaseUnusable, match="terminals and those at them need 100020"):
        measure_many(terminals=100_000, server=server.render_as_string(hide_password=False))


@pytest.mark.sqlite("it is measured in a file of its own")
def test_a_crew_is_measured_beside_the_same_by_hand(tmp_path: Path) -> None:
    figures = measure_crew(tmp_path, 2, seconds=1.0, workers=10)
    assert figures["robots"] == 2
    assert figures["turns"] > 20
    assert figures["raw_per_s"] > figures["turns_per_s"] > 0
    assert figures["raw_failed"] < figures["turns"] / 4


def test_a_crew_without_work_is_not_measured() -> None:
    by_hand = [(100, 0, 0, 0.0, 1.0)]
    assert figures_of([(100, 0, 5, 0.0, 2.0)], by_hand)["ratio_to_raw"] == 2
    with pytest.raises(AssertionError, match="run out of work: 6 times"):
        figures_of([(100, 0, 6, 0.0, 2.0)], by_hand)


def test_a_crew_on_a_server_is_measured_too(postgresql_server: str) -> None:
    server = make_url(postgresql_server).set(drivername="postgresql+psycopg")
    url = server.render_as_string(hide_password=False)
    figures = measure_crew(None, 2, seconds=1.0, workers=10, server=url)
    assert figures["turns"] > 20
    assert figures["raw_per_s"] > 0
    assert figures["raw_failed"] < figures["turns"] / 4


@pytest.mark.sqlite("it is measured in a file of its own")
@pytest.mark.skipif(sys.platform != "linux", reason="hosts are for Linux")
def test_terminals_of_a_host_are_measured_beside_a_process_each(tmp_path: Path) -> None:
    figures = measure_host(tmp_path, 1, settle_s=0.0)
    assert 0 < figures["host_mb"] < figures["alone_mb"]
    assert 0 < figures["client_mb"] < figures["host_mb"]
    assert 0 < figures["host_painted_ms"] < figures["host_asked_ms"]
    assert 0 < figures["alone_painted_ms"] < figures["alone_asked_ms"]
    assert list(tmp_path.iterdir()) == []


def test_a_beep_after_the_answer_is_not_painted() -> None:
    painted = 0.0

    def chunks() -> Iterator[bytes]:
        nonlocal painted
        yield b"\a"
        yield b"\x1b[1mScan\a"
        painted = time.perf_counter()
        yield b"\a"
        yield b""

    come = chunks()
    assert 0 < last_painted(lambda _: next(come), 0.0) <= painted
    assert last_painted(lambda _: b"", 7.0) == 7.0


@pytest.mark.sqlite("it is measured in a file of its own")
def test_a_terminal_that_nobody_uses_is_watched(tmp_path: Path) -> None:
    figures = measure_idle(tmp_path, settle_s=0.5, idle_s=0.5)
    assert figures["cpu_ms_per_s"] >= 0
    assert {"seconds", "bytes_sent"} < figures.keys()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.sqlite("it is measured in a file of its own")
def test_summaries_and_boards_are_measured_in_a_busy_month(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(measure_summary, "PHASES", 1)
    monkeypatch.setattr(measure_summary, "WARM_UP_S", 0.1)
    built = tmp_path / "month.db"
    sizes = {"operations": 2_000, "times": 3, "boards": 1, "scans": 60, "workers": 10}
    figures = measure_summary.measure_summary(tmp_path, phase_s=0.3, keep=built, **sizes)
    assert 1_000 < figures["operations_of_month"] < 2_500
    assert figures["summary_p50_ms"] > figures["board_p50_ms"] > 0
    assert figures["ratio_beside_to_alone"] > 0
    transactions = open_database(str(built))
    with transactions.begin() as tx:
        names = tx.execute(select(Operation.facts).where(Operation.id.startswith("7~"))).scalars()
        orders = {json.loads(facts).get("order", "7~") for facts in names}
        assert all(name.startswith("7~") for name in orders)
        days = tx.scalar(select(func.count(func.distinct(func.date(Operation.at)))))
        assert days > 25
    engine_of(transactions).dispose()


@pytest.mark.sqlite("it is measured in a file of its own")
def test_a_past_adds_up(tmp_path: Path) -> None:
    built = tmp_path / "past.db"
    figures = measure_scans(tmp_path, turns=WARM_UP_TURNS + 5, moves=200, keep=built)
    assert figures["turns"] == 5
    transactions = open_database(str(built))
    with transactions.begin() as tx:
        past = select(func.count()).select_from(Move).where(Move.operation.startswith("H0"))
        assert tx.scalar(past) == 200
        assert violations(tx, SITE) == ()
    engine_of(transactions).dispose()
    assert list(tmp_path.glob("floorhand-bench-*")) == []


def test_a_label_is_measured_beside_other_ways_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(measure_labels, "TURNS", 1)
    monkeypatch.setattr(measure_labels, "TURN", 3)
    figures = measure_labels.measure_labels(tmp_path, bins=5)
    assert list(tmp_path.iterdir()) == []
    assert all(figures[f"{way}_ms"] > 0 for way in ("zpl", "picture", "png", "checked", "barcode"))
    assert measure_labels.write_bins(tmp_path, 5) > 0
    assert len({path.read_bytes() for path in tmp_path.glob("*.zpl")}) == 5
    monkeypatch.setattr(measure_labels, "measure_labels", lambda folder: figures)
    parser = ArgumentParser()
    bench.add_arguments(parser)
    assert bench.run(parser.parse_args(["label"]), Settings()) == 0
    said = capsys.readouterr().out
    assert f"A 4 x 6 label as ZPL: {figures['zpl_ms']} ms" in said
    assert "WeasyPrint" in said


def test_no_two_measured_labels_are_the_same() -> None:
    made = [measure_labels.shipping_data(n) for n in range(40)]
    for field in ("order", "sscc", "weight_kg", "ship_to"):
        assert len({str(one[field]) for one in made}) == 40
    for one in made:
        assert check_is_good(str(one["sscc"]))


@pytest.mark.sqlite("it is measured in a file of its own")
def test_labels_are_measured_on_their_way_to_a_printer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(measure_print, "WARM_UP_PARCELS", 1)
    figures = measure_print.measure_print(tmp_path, 4)
    assert list(tmp_path.iterdir()) == []
    assert figures["parcels"] == 4
    for way in ("own", "service"):
        assert figures[f"{way}_p99_ms"] >= figures[f"{way}_p50_ms"] > 0 < figures["bare_p50_ms"]
        assert figures[f"{way}_scan_p50_ms"] > 0 < figures[f"{way}_to_bare"]
    monkeypatch.setattr(measure_print, "measure_print", lambda *_, **__: figures)
    parser = ArgumentParser()
    bench.add_arguments(parser)
    assert bench.run(parser.parse_args(["print"]), Settings()) == 0
    assert f"at the printer: {figures['own_p50_ms']} ms (median)" in capsys.readouterr().out


def test_a_parcel_whose_label_never_comes_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure_print, "LABEL_MAX_S", 0.01)
    with measure_print.LabelPrinter() as printer, pytest.raises(TimeoutError, match="no label of"):
        printer.next("395212340000000076")
