"""From a template's name and data to what printers take."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from floorhand.domain.labels import LANGUAGE, LabelData
from floorhand.labels import picture
from floorhand.labels.layout import Stencil
from floorhand.labels.placed import Layout
from floorhand.labels.printers import Form, Rendered
from floorhand.labels.template import Template, load_template_file, template_file
from floorhand.labels.words import in_words, worded
from floorhand.labels.zpl import write_zpl
from floorhand.text.catalog import ENGLISH

DEFAULT_DPI = 203

TEMPLATES_KEPT_MAX = 64
"""One building prints in one language, or in two."""


def known_template(name: str, language: str = ENGLISH, own: Path | None = None) -> Template:
    """Load a template with its words in a language, once while its file stays as it is.

    Args:
        name: Of the template.
        language: Of its words.
        own: Where the site has templates of its own.

    Raises:
        BadFile: If there is none, or naming file and element, and saying what is wrong.
    """
    return _template(*_found(name, own), language)


def lay_out_named(
    template: str,
    data: LabelData,
    dpi: int = DEFAULT_DPI,
    language: str = ENGLISH,
    own: Path | None = None,
) -> Layout:
    """Put data into a template, as `known_template`; ``language`` if the data names no other."""
    chosen = str(data.get(LANGUAGE) or language)
    return _stencil(*_found(template, own), chosen, dpi).lay_out(in_words(data, chosen))


def _found(name: str, own: Path | None) -> tuple[Path, int, int]:
    """Find the file of a template; time and size of it tell whether it was edited since."""
    path = template_file(name, own)
    now = path.stat()
    return path, now.st_mtime_ns, now.st_size


@lru_cache(maxsize=TEMPLATES_KEPT_MAX)
def _template(path: Path, _changed_ns: int, _bytes: int, language: str) -> Template:
    return worded(load_template_file(path), language)


@lru_cache(maxsize=TEMPLATES_KEPT_MAX)
def _stencil(path: Path, changed_ns: int, size: int, language: str, dpi: int) -> Stencil:
    return Stencil(_template(path, changed_ns, size, language), dpi)


def render(layout: Layout, number: int, subject: str, forms: Iterable[Form]) -> Rendered:
    """Draw a layout in the forms that a printer takes."""
    drawn = {form: draw(layout, form) for form in forms}
    return Rendered(number, layout.template, subject, drawn)


def draw(layout: Layout, form: Form) -> bytes:
    """Draw a layout in one form."""
    match form:
        case Form.ZPL:
            return write_zpl(layout)
        case Form.PNG:
            return picture.png(picture.draw(layout), layout.dpi)
        case Form.PDF:
            return picture.pdf(picture.draw(layout), layout.dpi)
