"""Bytes to text to rows. A file is looked through whole before anything of it is used.

The first pass finds what makes a file useless (empty, binary, cut off, of another encoding), so
that it can be refused in one sentence with nothing written. The second pass gives rows with the
line they began on. Neither holds the file in memory.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from floorhand.errors import BadFile
from floorhand.exchange.json_text import parse
from floorhand.text.visible import visible

CHUNK_BYTES = 1 << 20
FILE_BYTES_MAX = 2_000_000_000
"""Unpacked; a file that grows beyond this is a trap, not an export."""

JSON_BYTES_MAX = 100_000_000
"""A JSON body is read as one piece; platforms send pages of some hundred kilobytes."""

CELL_CHARACTERS_MAX = 1_000_000
"""A longer cell means a quote that was never closed."""

HEAD_LINES_MAX = 100
"""Comments and blank lines before the headings."""

TSV_LINES_MAX = 1000
"""Lines looked at to see whether quotes in a tab-separated file are text."""

DELIMITERS = ",;\t|"

NUL_PART_MIN = 0.4
"""Every other byte of Latin text in UTF-16 is a NUL; fewer than this part are no such text."""

_BLANK = DELIMITERS + '"\ufeff \r\n\f\v'
"""What a spreadsheet adds to a comment or a blank line when it saves it as a row."""

_END = "\ufdd0 end of file"
"""A row of our own after the last; if it turns up inside a cell, a quote is still open."""

_PACKED: tuple[tuple[bytes, Any], ...] = (
    (b"\xfd7zXZ\x00", lzma.open),
    (b"\x1f\x8b", gzip.open),
)

_FOREIGN = (
    (b"PK\x03\x04", "an Excel workbook or zip archive; save it as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook; save it as CSV"),
    (b"%PDF", "a PDF; ask for the CSV"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a database"),
)

WIDE = ("utf-16", "utf-32")
"""Encodings in which a NUL byte is nothing odd."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""The mark of UTF-32 begins with that of UTF-16, so it is looked for first."""

_NOT_TEXT = bytes(n for n in range(32) if n not in b"\t\n\r\f\x1a")
"""Control characters that no export has; in a file that is not UTF-8 they mean "not text"."""

_UNDEFINED_1252 = b"\x81\x8d\x8f\x90\x9d"


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of one row, and the line of the file it began on."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be read as text.

    ``guessed`` says that nobody said the encoding and that it is not UTF-8. ``sha256`` is of the
    unpacked bytes, so that a packed copy counts as the same file. ``on_read`` is told how many of
    ``bytes_`` have been read.
    """

    path: Path
    encoding: str
    guessed: bool
    sha256: str
    bytes_: int
    is_json: bool
    on_read: Callable[[int], object] = field(default=int, compare=False)

    @property
    def name(self) -> str:
        """The file's name, for messages: a name can hold what a terminal obeys."""
        return visible(self.path.name)

    def rows(self) -> Iterator[Row]:
        """Give the rows of a CSV, the headings first; comments above the headings are left out.

        Raises:
            BadFile: If the file ends in the middle of a row, or a quote is never closed.
        """
        with _open(self.path) as raw, _text(raw, self.encoding) as text:
            yield from _Rows(self, raw, text).all()

    def whole(self) -> str:
        """Give the text of a JSON body in one piece."""
        if self.bytes_ > JSON_BYTES_MAX:
            raise BadFile(
                f"{self.name} has {self.bytes_} bytes; a JSON body has at most {JSON_BYTES_MAX}."
            )
        try:
            with _open(self.path) as raw:
                return raw.read().decode(self.encoding).lstrip("\ufeff")
        except UnicodeError:
            raise BadFile(f"{self.name} is not text in {self.encoding}; say --encoding.") from None

    def json(self) -> Any:
        """Read a JSON body. Numbers with a point or exponent come as `Decimal`."""
        return parse(self.whole(), self.name)


def open_source(path: Path, encoding: str = "") -> Source:
    """Look a file through and say how it is to be read.

    Args:
        path: The file; may be packed with xz or gzip.
        encoding: What it is written in, if somebody said so; else UTF-8, or Windows-1252 if it
            cannot be UTF-8.

    Raises:
        BadFile: In one sentence, if it cannot be read as text at all.
    """
    look = _Look(visible(path.name), _known_encoding(encoding) if encoding else "")
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise BadFile(
                f"{visible(str(path))} is no file but a pipe or device; "
                "save what comes from it as a file first."
            )
        with _open(path) as raw:
            while chunk := raw.read(CHUNK_BYTES):
                look.at(chunk)
    except FileNotFoundError:
        raise BadFile(f"There is no file {visible(str(path))}.") from None
    except IsADirectoryError:
        raise BadFile(f"{visible(str(path))} is a folder; name a file.") from None
    except (EOFError, lzma.LZMAError, zlib.error, gzip.BadGzipFile):
        raise BadFile(f"{look.name} is cut off or damaged: it cannot be unpacked.") from None
    except OSError as error:
        raise BadFile(f"{visible(str(path))} cannot be read: {error.strerror or error}.") from None
    chosen, guessed = look.encoding()
    return Source(path, chosen, guessed, look.sha.hexdigest(), look.bytes_, look.is_json())


class _Look:
    """What the first pass finds out."""

    def __init__(self, name: str, said: str) -> None:
        self.name = name
        self.said = said
        self.sha = hashlib.sha256()
        self.bytes_ = 0
        self.head = b""
        self.line = 1
        self.tail = b""
        self.bom = ""
        self.controls = self.undefined = False
        self.bad_at: int | None = None
        self.bad_line = 0
        self.letters = False
        self.decoder = codecs.getincrementaldecoder("utf-8")()

    def at(self, chunk: bytes) -> None:
        """Take the next bytes in."""
        if not self.head:
            self.head = chunk[:4096]
            for start, kind in _FOREIGN:
                if chunk.startswith(start):
                    raise BadFile(f"{self.name} is {kind}.")
            self.bom = next((name for mark, name in _BOMS if chunk.startswith(mark)), "")
            self.bom = self.bom or _bare_utf16(self.head)
        self.sha.update(chunk)
        if not (self.said or self.bom).startswith(WIDE):
            self._bytes(chunk)
        self.bytes_ += len(chunk)
        self.line += chunk.count(b"\n")
        if self.bytes_ > FILE_BYTES_MAX:
            raise BadFile(f"{self.name} has more than {FILE_BYTES_MAX} bytes; split it.")

    def _bytes(self, chunk: bytes) -> None:
        if (nul := chunk.find(0)) >= 0:
            line = self.line + chunk.count(b"\n", 0, nul)
            raise BadFile(
                f"{self.name} is not text: there is a NUL byte on line {line}. "
                "If it is UTF-16 or UTF-32, say --encoding."
            )
        self.controls |= len(chunk.translate(None, _NOT_TEXT)) != len(chunk)
        self.undefined |= any(byte in chunk for byte in _UNDEFINED_1252)
        if self.bad_at is None:
            try:
                self.letters |= not self.decoder.decode(chunk).isascii()
            except UnicodeDecodeError as error:
                self.bad_at = self.bytes_ + error.start
                self.bad_line = self.line + chunk.count(b"\n", 0, max(error.start, 0))

    def is_json(self) -> bool:
        """Say whether the text begins as JSON does."""
        wide = next((n for n in (self.said, self.bom) if n.startswith(WIDE)), "")
        head = self.head.decode(wide or "latin-1", "ignore")
        return head.lstrip("ï»¿\ufeff \t\r\n")[:1] in ("{", "[")

    def encoding(self) -> tuple[str, bool]:
        """Decide what the file is written in."""
        blank = not self.head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
        if blank and self.bytes_ <= len(self.head):
            raise BadFile(f"{self.name} is empty.")
        if self.said:
            return ("utf-8-sig" if self.said == "utf-8" else self.said), False
        if self.bom.startswith(WIDE):
            return self.bom, self.bom not in WIDE
        cut = b""
        if self.bad_at is None:
            cut = self.decoder.getstate()[0]
        if self.bad_at is None and not cut:
            return "utf-8-sig", False
        if cut and self.letters:
            raise BadFile(f"{self.name} is cut off in the middle of a character on its last line.")
        if self.controls or self.undefined:
            line = self.bad_line or self.line
            raise BadFile(
                f"{self.name} is not text in UTF-8 (from line {line} on) nor in Windows-1252; "
                "it is damaged, or say --encoding."
            )
        return "cp1252", True


def _bare_utf16(head: bytes) -> str:
    """Recognise UTF-16 without its mark: every other byte of Latin text is a NUL."""
    half = len(head) // 2
    zeros = {"utf-16-le": head[1::2].count(0), "utf-16-be": head[0::2].count(0)}
    best = max(zeros, key=zeros.__getitem__)
    rest = sum(zeros.values()) - zeros[best]
    return best if half and rest == 0 and zeros[best] >= half * NUL_PART_MIN else ""


def _known_encoding(encoding: str) -> str:
    """Give an encoding the one name that Python has for it, however it was spelled."""
    try:
        "a".encode(encoding)
        return codecs.lookup(encoding).name
    except (LookupError, UnicodeError, ValueError, AttributeError):
        raise BadFile(
            f"There is no encoding '{visible(encoding)}'; try utf-8, cp1252 or utf-16."
        ) from None


def _open(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        start = file.read(8)
    opener = next((opener for mark, opener in _PACKED if start.startswith(mark)), None)
    return opener(path, "rb") if opener else path.open("rb")


def _text(raw: IO[bytes], encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(raw, encoding=encoding, newline="")


class _Rows:
    """One pass over a CSV."""

    def __init__(self, source: Source, raw: IO[bytes], text: io.TextIOWrapper) -> None:
        self.source = source
        self.raw = raw
        self.text = text
        self.before = 0
        self.ended = True
        csv.field_size_limit(CELL_CHARACTERS_MAX)

    def all(self) -> Iterator[Row]:
        """Give the headings and all rows that are not blank."""
        name = self.source.name
        try:
            heading = self._heading()
            delimiter = _delimiter(heading)
            yield from self._rows(heading, delimiter)
        except UnicodeError:
            raise BadFile(
                f"{name} is not text in {self.source.encoding}; say --encoding."
            ) from None
        except csv.Error as error:
            if "field larger" in str(error):
                raise BadFile(
                    f"{name} has a cell of more than {CELL_CHARACTERS_MAX} characters; "
                    "a quote before it was never closed."
                ) from None
            raise BadFile(f"{name} cannot be read as CSV: {error}.") from None

    def _heading(self) -> str:
        for number, line in enumerate(self.text):
            if number > HEAD_LINES_MAX:
                break
            plain = line.strip(_BLANK)
            if plain and not plain.startswith("#") and not plain.casefold().startswith("sep="):
                return line.lstrip("\ufeff")
            self.before += 1
        raise BadFile(f"{self.source.name} has no headings: it holds no rows at all.")

    def _rows(self, heading: str, delimiter: str) -> Iterator[Row]:
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL
        if delimiter == "\t" and '"' not in heading and self._quotes_are_text(heading):
            quoting = csv.QUOTE_NONE
        reader = csv.reader(self._lines(heading), delimiter=delimiter, quoting=quoting)
        begins, width, last = 1, 0, Row(0, [])
        for cells in reader:
            if cells and cells[-1].endswith(_END):
                if len(cells) > 1 or cells[0] != _END:
                    raise BadFile(
                        f"{self.source.name} is cut off: the quote opened on line "
                        f"{self.before + begins} is never closed."
                    )
                break
            line, begins = self.before + begins, reader.line_num + 1
            if line % 2000 == 0:
                self.source.on_read(self.raw.tell())
            if any(cells):
                width = width or len(cells)
                last = Row(line, cells)
                yield last
        if len(last.cells) < width and not self.ended:
            raise BadFile(f"{self.source.name} is cut off in the middle of line {last.line}.")

    def _lines(self, heading: str) -> Iterator[str]:
        line = heading
        yield heading
        for line in self.text:
            yield line
        self.ended = line.endswith(("\n", "\r"))
        if not self.ended:
            yield "\n"
        yield _END

    def _quotes_are_text(self, heading: str) -> bool:
        """Say whether every line has as many tabs as the headings, quotes or not."""
        tabs = heading.count("\t")
        with _open(self.source.path) as raw, _text(raw, self.source.encoding) as text:
            for number, line in enumerate(text):
                if number > TSV_LINES_MAX:
                    break
                if number > self.before and line.strip() and line.count("\t") != tabs:
                    return False
        return True


def _delimiter(heading: str) -> str:
    """Choose what separates the headings: the one that is there most often outside quotes."""
    plain = "".join(heading.split('"')[::2])
    return max(DELIMITERS, key=plain.count)
