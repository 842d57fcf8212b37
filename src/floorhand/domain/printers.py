"""Addresses of printers: where a printer is, and how it is spoken to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

from floorhand.errors import BadSetting

ZPL_PORT: Final = 9100
"""Where nearly every network printer takes labels as they are."""

DPIS: Final = (203, 300, 600)
"""Resolutions of label printers, in dots per inch."""

LABEL_DPI: Final = 203
"""What most label printers have."""

OFFICE_DPI: Final = 300
"""Office printers have more dots than label printers; this many are whole ones of theirs."""

FORMS: Final = ("pdf", "png", "zpl")
"""What an IPP printer can be sent, said behind its address: ``#zpl``."""

LOOKS_LIKE: Final = (
    "An address looks like tcp://192.0.2.7:9100 (a label printer on the network; with ?status=no "
    "if it never says how it is), ipp://printer.local/ipp/print (an office printer, or a queue of "
    "CUPS; with #zpl if it takes ZPL), pdf:FOLDER or folder:FOLDER (files)."
)

ADDRESS_CHARACTERS_MAX = 300


@dataclass(frozen=True, slots=True)
class RawPort:
    """A port that takes ZPL as it is. ``answers`` is False if it never says how it is."""

    host: str
    port: int = ZPL_PORT
    answers: bool = True


@dataclass(frozen=True, slots=True)
class Ipp:
    """A printer that speaks IPP, and what it is sent: one of `FORMS`."""

    uri: str
    form: str = "pdf"


@dataclass(frozen=True, slots=True)
class Files:
    """A folder: for a PDF of each label, or else for its picture and its ZPL."""

    folder: str
    pdf: bool = False


Address = RawPort | Ipp | Files


def usual_dpi(address: Address) -> int:
    """Give the resolution of a printer of which nobody has said it."""
    match address:
        case Ipp(form="pdf" | "png") | Files(pdf=True):
            return OFFICE_DPI
        case _:
            return LABEL_DPI


def parse_address(text: str) -> Address:
    """Read the address of a printer.

    Raises:
        BadSetting: If it is none, saying what is wrong and what one looks like.
    """
    kind, _, rest = text.partition(":")
    kind = kind.lower()
    if len(text) > ADDRESS_CHARACTERS_MAX:
        raise _wrong(f"{text[:40]}…", f"it has more than {ADDRESS_CHARACTERS_MAX} characters")
    if not text.isprintable():
        raise _wrong(text, "there are control characters in it")
    if kind in ("folder", "pdf"):
        if not rest.strip():
            raise _wrong(text, "it names no folder")
        return Files(rest.strip(), pdf=kind == "pdf")
    if kind not in ("tcp", "ipp", "ipps"):
        raise _wrong(text)
    parts = _split(text)
    return _raw_port(text, parts) if kind == "tcp" else _ipp(text, parts)


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise _wrong(text, "its host or port cannot be read; ports are 1 to 65535") from error
    if not host or any(sign.isspace() for sign in parts.netloc):
        raise _wrong(text, "it names no host")
    if port == 0:
        raise _wrong(text, "its port is 0; ports are 1 to 65535")
    if parts.username is not None:
        raise _wrong(text, "a user has no place in it")
    return parts


def _raw_port(text: str, parts: SplitResult) -> RawPort:
    assert parts.hostname
    if parts.path.strip("/") or parts.fragment:
        raise _wrong(text, "nothing but ?status=no can stand behind the port")
    said = dict(parse_qsl(parts.query, keep_blank_values=True))
    answers = said.pop("status", "yes").lower()
    if said or answers not in ("yes", "no"):
        raise _wrong(text, "all that can be said behind the ? is status=no")
    return RawPort(parts.hostname, parts.port or ZPL_PORT, answers == "yes")


def _ipp(text: str, parts: SplitResult) -> Ipp:
    form = parts.fragment.lower() or FORMS[0]
    if form not in FORMS:
        raise _wrong(text, f"it ends in what no label is sent as; known: #{', #'.join(FORMS)}")
    return Ipp(parts._replace(scheme=parts.scheme.lower(), fragment="").geturl(), form)


def _wrong(text: str, what: str = "") -> BadSetting:
    told = f"{text!r} is no address of a printer"
    return BadSetting(f"{told}{': ' if what else ''}{what}. {LOOKS_LIKE}")
