"""From a template's name and data to what printers take."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from floorhand.domain.labels import LabelData
from floorhand.labels import picture
from floorhand.labels.layout import Stencil
from floorhand.labels.placed import Layout
from floorhand.labels.printers import Form, Rendered
from floorhand.labels.template import Template, load_template
from floorhand.labels.zpl import write_zpl

DEFAULT_DPI = 203


@lru_cache(maxsize=64)
def known_template(name: str) -> Template:
    """Load one of the program's templates, once."""
    return load_template(name)


@lru_cache(maxsize=64)
def _known_stencil(template: str, dpi: int) -> Stencil:
    return Stencil(known_template(template), dpi)


def lay_out_named(template: str, data: LabelData, dpi: int = DEFAULT_DPI) -> Layout:
    """Put data into one of the program's templates."""
    return _known_stencil(template, dpi).lay_out(data)


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
