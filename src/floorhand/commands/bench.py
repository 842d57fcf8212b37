"""``floorhand bench``: measure on this machine what a scan takes, a start, a label, its way to the
printer, and nothing."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from floorhand.config import Settings

TOLD = {
    "scan": (
        "A scan, from lookup to durable commit: {take_turn_p50_ms} ms (median), "
        "{take_turn_p99_ms} ms (99 %).\n"
        "Its {statements_per_turn} statements written by hand: {raw_p50_ms} ms (median), "
        "{raw_p99_ms} ms (99 %).\n"
        "Ratio {ratio_to_raw}, over {turns} scans. Of that the processor was busy "
        "{take_turn_cpu_p50_ms} ms, by hand {raw_cpu_p50_ms} ms."
    ),
    "painted": (
        "From the last key of a scan to its painted answer: {painted_p50_ms} ms (median), "
        "{painted_p99_ms} ms (99 %), over {scans} scans.\n"
        "Of that, and of all after it, the processor was busy {terminal_cpu_p50_ms} ms (median)."
    ),
    "many": (
        "{terminals} terminals, {scans_per_s} scans a second. From the last key of a scan to its "
        "painted answer: {painted_p50_ms} ms (median), {painted_p99_ms} ms (99 %), {longest_ms} ms "
        "at the longest, over {scans} scans.\n"
        "Each terminal has {private_mb} MB of its own, and started in {started_p50_ms} ms "
        "(medians)."
    ),
    "crew": (
        "{robots} robots that never pause: {turns_per_s} scans a second. The same statements by "
        "hand: {raw_per_s}.\n"
        "Ratio {ratio_to_raw}, over {turns} scans; by hand, where they came in another order, "
        "{raw_failed} of them failed."
    ),
    "host": (
        "{terminals} terminals from a host: painted after {host_painted_ms} ms, at the first "
        "question after {host_asked_ms} ms; each has {host_mb} MB of its own, {host_share_mb} MB "
        "with its share of what is shared. With their shares: what waits for one {client_mb} MB, "
        "the host {own_mb} MB.\n"
        "As a process each: {alone_painted_ms} ms, {alone_asked_ms} ms; {alone_mb} MB, "
        "{alone_share_mb} MB (medians)."
    ),
    "summary": (
        "The summary of a shift of {operations_of_shift} operations, in a month of "
        "{operations_of_month}: {summary_p50_ms} ms (median), {summary_max_ms} ms at the longest, "
        "{summary_cpu_p50_ms} ms of them a processor busy here; the first time, when the shifts "
        "before it are added up, {summary_first_ms} ms.\n"
        "What a board shows: {board_p50_ms} ms (median), {board_max_ms} ms at the longest, "
        "{board_cpu_p50_ms} ms busy.\n"
        "A scan: {scan_alone_p50_ms} ms, beside {boards} open boards {scan_beside_p50_ms} ms "
        "(medians of {scans} scans in turns); ratio {ratio_beside_to_alone}."
    ),
    "start": (
        "From the command to the first screen: {painted_ms} ms, to the first question: "
        "{asked_ms} ms.\n"
        "A bare Textual program: {bare_ms} ms. Ratio {ratio_to_bare}, medians of {runs} starts.\n"
        "Until then a processor was busy {painted_cpu_ms} ms, by the bare one {bare_cpu_ms} ms."
    ),
    "idle": (
        "A terminal that nobody uses: {cpu_ms_per_s} ms of a processor a second, "
        "{bytes_sent} bytes sent in {seconds} s."
    ),
    "label": (
        "A 4 x 6 label as ZPL: {zpl_ms} ms, as a picture of 203 dpi: {picture_ms} ms, as PNG: "
        "{png_ms} ms, drawn and read back: {checked_ms} ms (medians of {labels} labels); the "
        "processor was busy {zpl_cpu_ms}, {picture_cpu_ms}, {png_cpu_ms} and {checked_cpu_ms} ms.\n"
        "python-barcode's own PNG of its barcode alone: {barcode_ms} ms, busy {barcode_cpu_ms} ms; "
        "ratios to it: ZPL {zpl_to_barcode}, picture {picture_to_barcode}, PNG {png_to_barcode}.\n"
        "{bins} labels of bins as ZPL in a folder: {bins_s} s."
    ),
    "print": (
        "From the last scan of a parcel to the last byte of its label at the printer: "
        "{own_p50_ms} ms (median), {own_p99_ms} ms (99 %), of that the scan {own_scan_p50_ms} ms.\n"
        "Sent by a service beside the terminal: {service_p50_ms} ms (median), {service_p99_ms} ms "
        "(99 %), of that the scan {service_scan_p50_ms} ms.\n"
        "The same bytes by a bare socket: {bare_p50_ms} ms; ratios {own_to_bare} and "
        "{service_to_bare}, over {parcels} parcels each."
    ),
}

HTML = "The same label of HTML as PDF (WeasyPrint): {weasyprint_ms} ms."
NO_HTML = "WeasyPrint is not installed here, so a label of HTML was not measured."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "what",
        choices=tuple(TOLD),
        help="scan: one scan, durable on disk; painted: from its last key to the painted answer; "
        "many: the same at many terminals at once; "
        "crew: scans a second of robots at full speed; "
        "host: terminals of a host beside a process each; "
        "start: from the command to the first screen; idle: a terminal that nobody uses; label: "
        "a label in several ways; summary: the figures of a shift in a month of a million "
        "operations, and scans beside open boards; print: from the last scan of a parcel to its "
        "label at a printer",
    )
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="disk to measure (default: temporary files)"
    )
    parser.add_argument(
        "--moves",
        type=int,
        default=0,
        metavar="N",
        help="give the warehouse a past of so many moves, of up to a million products",
    )
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FILE",
        help="keep what was built in this file, and use it if it is there",
    )
    parser.add_argument(
        "--terminals",
        type=int,
        metavar="N",
        help="how many at once, for many (default: 200), crew (default: 1, 8 and 50) and host "
        "(default: 1, 10, 50 and 200)",
    )
    parser.add_argument(
        "--alone", action="store_true", help="for many: a process each instead of a host"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Measure and print. A PostgreSQL server is measured if ``--database`` names one."""
    server = settings.database if "://" in settings.database else ""
    if args.what in ("crew", "host"):
        return _measure_each(args, server)
    figures = _measure(args, server)
    if args.json:
        print(json.dumps(figures, indent=1))
        return 0
    print(TOLD[args.what].format(**figures))
    if args.what == "label":
        print((HTML if "weasyprint_ms" in figures else NO_HTML).format(**figures))
    return 0


def _measure_each(args: argparse.Namespace, server: str) -> int:
    from floorhand.robots import measure_crew, measure_host

    host = args.what == "host"
    measure = measure_host.measure_host if host else measure_crew.measure_crew
    usual: tuple[int, ...] = measure_host.COUNTS if host else measure_crew.COUNTS
    counts = (args.terminals,) if args.terminals else usual
    figures = [measure(args.folder, count, server=server) for count in counts]
    if args.json:
        print(json.dumps(figures, indent=1))
    else:
        print(*(TOLD[args.what].format(**one) for one in figures), sep="\n")
    return 0


def _measure(args: argparse.Namespace, server: str) -> dict[str, float | int]:
    if args.what == "start":
        from floorhand.robots.measure_start import measure_start

        return measure_start()
    if args.what == "label":
        from floorhand.robots.measure_labels import measure_labels

        return measure_labels(args.folder)
    if args.what == "idle":
        from floorhand.robots.measure_terminal import measure_idle

        return measure_idle(args.folder)
    if args.what == "painted":
        from floorhand.robots.measure_terminal import measure_painted

        return measure_painted(args.folder, moves=args.moves, keep=args.keep, server=server)
    if args.what == "many":
        from floorhand.robots.measure_many import TERMINALS, measure_many

        many = args.terminals or TERMINALS
        return measure_many(
            args.folder,
            terminals=many,
            moves=args.moves,
            keep=args.keep,
            server=server,
            alone=args.alone,
        )
    if args.what == "summary":
        from floorhand.robots.measure_summary import measure_summary

        return measure_summary(args.folder, keep=args.keep, server=server)
    if args.what == "print":
        from floorhand.robots.measure_print import measure_print

        return measure_print(args.folder, moves=args.moves, keep=args.keep, server=server)
    from floorhand.robots.measure import measure_scans

    return measure_scans(args.folder, moves=args.moves, keep=args.keep, server=server)
