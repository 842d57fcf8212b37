"""From a template's name and data to what printers take."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from floorhand.domain.labels import LANGUAGE, LabelData
from floorhand.labels import picture
from floorhand.labels.layout import Stencil
from floorhand.labels.placed import Layout
from floorhand.labels.printers import Form, Rendered
from floorhand.labels.template import Template, load_template
from floorhand.labels.words import in_words, worded
from floorhand.labels.zpl import write_zpl
from floorhand.text.catalog import ENGLISH

DEFAULT_DPI = 203

TEMPLATES_KEPT_MAX = 64
"""One building prints in one language, or in two."""


@lru_cache(maxsize=TEMPLATES_KEPT_MAX)
def known_template(name: str, language: str = ENGLISH) -> Template:
    """Load one of the program's templates, with its words in a language, once."""
    return worded(load_template(name), language)


@lru_cache(maxsize=TEMPLATES_KEPT_MAX)
def _known_stencil(template: str, dpi: int, language: str) -> Stencil:
    return Stencil(known_template(template, language), dpi)


def lay_out_named(
    template: str, data: LabelData, dpi: int = DEFAULT_DPI, language: str = ENGLISH
) -> Layout:
    """Put data into one of the program's templates; ``language`` if the data names no other."""
    chosen = str(data.get(LANGUAGE) or language)
    return _known_stencil(template, dpi, chosen).lay_out(in_words(data, chosen))


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
