"""From a template's name and data to what printers take."""

from __future__ import annotations

from functools import lru_cache

from floorhand.domain.labels import LabelData
from floorhand.labels import picture
from floorhand.labels.layout import Layout, lay_out
from floorhand.labels.printers import Rendered
from floorhand.labels.template import Template, load_template
from floorhand.labels.zpl import write_zpl

DEFAULT_DPI = 203


@lru_cache(maxsize=64)
def known_template(name: str) -> Template:
    """Load one of the program's templates, once."""
    return load_template(name)


def lay_out_named(template: str, data: LabelData, dpi: int = DEFAULT_DPI) -> Layout:
    """Put data into one of the program's templates."""
    return lay_out(known_template(template), data, dpi)


def render(layout: Layout, number: int, subject: str) -> Rendered:
    """Draw a layout for all printers."""
    return Rendered(
        number=number,
        template=layout.template,
        subject=subject,
        png=picture.png(picture.draw(layout), layout.dpi),
        zpl=write_zpl(layout),
    )
