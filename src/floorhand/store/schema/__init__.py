"""The tables. Stock only ever changes by adding rows to `Move`.

Every table leads with the site. Keys are the codes that stand on labels and papers, so that an
operation can be replayed on another database.
"""

from floorhand.store.schema.base import Table
from floorhand.store.schema.control import Hold
from floorhand.store.schema.counts import Counted, CountSheet, RefillRow
from floorhand.store.schema.figures import (
    DeliveryWas,
    KeptFigures,
    OrderWas,
    PrintJobWas,
    ProofRow,
    ReturnWas,
)
from floorhand.store.schema.floor import (
    Checked,
    Handover,
    Imported,
    Move,
    Operation,
    Parked,
    Pick,
    Scan,
    Seat,
    Slot,
    Stock,
    Task,
)
from floorhand.store.schema.masters import (
    Barcode,
    BoxType,
    Guess,
    Merchant,
    Place,
    Sequence,
    SiteRow,
    Sku,
    Station,
    Worker,
)
from floorhand.store.schema.paper import (
    Delivery,
    DeliveryLine,
    Inspection,
    Order,
    OrderLine,
    Outbox,
    Parcel,
    Receipt,
    Return,
    ReturnLine,
)
from floorhand.store.schema.printing import (
    CarrierCode,
    CarrierLabel,
    PrinterRow,
    PrintForm,
    PrintJob,
    Spooler,
)
from floorhand.store.schema.tracing import Trace
from floorhand.store.schema.trouble import Trouble
from floorhand.store.schema.undo import KEPT, RESTORED, UndoStep

APPEND_ONLY = ("move", "operation", "scan")
"""Tables whose rows can neither be changed nor deleted; the migrations install the triggers."""

__all__ = [
    "APPEND_ONLY",
    "KEPT",
    "RESTORED",
    "Barcode",
    "BoxType",
    "CarrierCode",
    "CarrierLabel",
    "Checked",
    "CountSheet",
    "Counted",
    "Delivery",
    "DeliveryLine",
    "DeliveryWas",
    "Guess",
    "Handover",
    "Hold",
    "Imported",
    "Inspection",
    "KeptFigures",
    "Merchant",
    "Move",
    "Operation",
    "Order",
    "OrderLine",
    "OrderWas",
    "Outbox",
    "Parcel",
    "Parked",
    "Pick",
    "Place",
    "PrintForm",
    "PrintJob",
    "PrintJobWas",
    "PrinterRow",
    "ProofRow",
    "Receipt",
    "RefillRow",
    "Return",
    "ReturnLine",
    "ReturnWas",
    "Scan",
    "Seat",
    "Sequence",
    "SiteRow",
    "Sku",
    "Slot",
    "Spooler",
    "Station",
    "Stock",
    "Table",
    "Task",
    "Trace",
    "Trouble",
    "UndoStep",
    "Worker",
]
