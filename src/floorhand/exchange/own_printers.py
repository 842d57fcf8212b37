"""Our own CSV of printers. An empty cell leaves what is set."""

from __future__ import annotations

from floorhand.domain.printers import DPIS, LABEL_DPI, OFFICE_DPI, parse_address, usual_dpi
from floorhand.errors import BadSetting
from floorhand.exchange.cells import BadCell, shown
from floorhand.exchange.layout import Field, Layout, Reader
from floorhand.exchange.own_masters import each
from floorhand.exchange.own_rules import NONE
from floorhand.exchange.reading import Source
from floorhand.exchange.records import Context, Parsed, PrinterRecord

PRINTERS = Layout(
    "printers",
    (
        Field("printer", "its name, as stations say it", ("code",), True),
        Field(
            "address",
            "tcp://192.0.2.7:9100 (ZPL; ?status=no if it never says how it is), "
            "ipp://printer.local/ipp/print (#zpl if it takes ZPL), pdf:FOLDER or folder:FOLDER",
            required=True,
        ),
        Field(
            "dpi",
            f"its dots per inch: {', '.join(map(str, DPIS))}; new: {LABEL_DPI}, what is sent PDF "
            f"{OFFICE_DPI}",
        ),
        Field(
            "neighbour",
            "the printer that takes its labels when it is down; - for none",
            ("neighbor",),
        ),
    ),
)


def read_printers(source: Source, _context: Context) -> Parsed:
    """Read printers."""
    return each(source, PRINTERS, _printer)


def _printer(row: Reader) -> PrinterRecord:
    code, address, neighbour = row.needed("printer"), row.text("address"), row.code("neighbour")
    dpi = row.measure("dpi")
    if dpi is not None and dpi not in DPIS:
        raise BadCell(f"dpi is {dpi}; expected one of: {', '.join(map(str, DPIS))}")
    if neighbour == code:
        raise BadCell(f"neighbour of {shown(code)} is itself; expected another printer")
    try:
        usual = usual_dpi(parse_address(address)) if address else 0
    except BadSetting as wrong:
        raise BadCell(str(wrong).rstrip(".")) from wrong
    told = "" if neighbour == NONE else neighbour or None
    return PrinterRecord(row.line, code, address, dpi, usual, told)
