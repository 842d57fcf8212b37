"""Pictures on labels: checked when loaded, whole dots, the same in both renderings."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from floorhand.errors import BadFile
from floorhand.labels.images import IMAGE_BYTES_MAX, IMAGE_SIDE_MAX, fitted, load_image
from floorhand.labels.layout import lay_out
from floorhand.labels.picture import draw
from floorhand.labels.placed import PlacedPicture
from floorhand.labels.template import load_template, load_template_file
from floorhand.labels.zpl import graphic_field, write_zpl

TEMPLATE = """\
kind = "badge"
size_mm = [60, 40]

[[element]]
name = "logo"
type = "image"
file = "logo.png"
box_mm = [5, 5, 20, 10]
"""


def png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


LOGO = png(Image.new("L", (8, 8), 0))


def loaded(folder: Path, content: bytes = LOGO, text: str = TEMPLATE) -> object:
    (folder / "logo.png").write_bytes(content)
    (folder / "own.toml").write_text(text, "utf-8")
    return load_template_file(folder / "own.toml")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("none.png", "element logo: there is no file none.png beside the template"),
        ("../logo.png", "element logo: file must name a PNG beside the template"),
        ("/etc/logo.png", "element logo: file must name a PNG beside the template"),
        ("x/logo.png", "element logo: file must name a PNG beside the template"),
        (".png", "element logo: file must name a PNG beside the template"),
        ("logo.jpg", "element logo: file must name a PNG beside the template"),
        ("logo.png\\u0000", "element logo: file must name a PNG beside the template"),
    ],
)
def test_only_a_png_beside_the_template_is_taken(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(BadFile) as refused:
        loaded(tmp_path, text=TEMPLATE.replace("logo.png", name))
    assert str(refused.value).startswith("own.toml: ")
    assert says in str(refused.value)


def test_an_image_without_a_file_is_named_once(tmp_path: Path) -> None:
    with pytest.raises(BadFile) as refused:
        loaded(tmp_path, text=TEMPLATE.replace('file = "logo.png"\n', ""))
    assert str(refused.value) == "own.toml: element logo: file is missing"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "logo.png is no PNG that can be read"),
        (b"GIF89a", "logo.png is no PNG that can be read"),
        (LOGO[:-30], "logo.png is no PNG that can be read"),
        (LOGO + bytes(IMAGE_BYTES_MAX), f"logo.png is larger than {IMAGE_BYTES_MAX} bytes"),
        (png(Image.new("1", (IMAGE_SIDE_MAX + 1, 1))), "has 4001 x 1 dots, at most 4000 a side"),
        (png(Image.new("L", (8, 8), 200)), "nothing of logo.png is dark enough to be printed"),
        (png(Image.new("RGBA", (8, 8), (0, 0, 0, 20))), "nothing of logo.png is dark enough"),
    ],
)
def test_what_cannot_be_printed_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(BadFile, match=r"own\.toml: element logo: ") as refused:
        loaded(tmp_path, content)
    assert says in str(refused.value)


def test_a_broken_png_never_ends_in_anything_but_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    for at in range(len(LOGO)):
        for content in (LOGO[:at], LOGO[:at] + bytes([LOGO[at] ^ 0xFF]) + LOGO[at + 1 :]):
            path.write_bytes(content)
            with suppress(BadFile):
                assert load_image("logo.png", tmp_path) == content


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "secret.png").write_bytes(LOGO)
    (tmp_path / "inner" / "logo.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(BadFile, match="leads out of the template's folder"):
        load_image("logo.png", tmp_path / "inner")


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_it_fits_its_box_in_whole_dots_and_stays_square(tmp_path: Path, dpi: int) -> None:
    template = loaded(tmp_path)
    layout = lay_out(template, template.kind.sample, dpi)
    (item,) = layout.placed
    assert isinstance(item, PlacedPicture)
    assert item.area.width == item.area.height
    assert item.area.width % 8 == 0
    box = {203: 80, 300: 118, 600: 236}[dpi]
    assert box - 8 < item.area.height <= box
    black = draw(layout).convert("L").point(lambda dot: 255 - dot).getbbox()
    area = item.area
    assert black == (area.left, area.top, area.left + area.width, area.top + area.height)


def test_both_renderings_hold_the_same_dots() -> None:
    template = load_template("hold")
    layout = lay_out(template, template.kind.sample)
    (sign,) = [item for item in layout.placed if isinstance(item, PlacedPicture)]
    area = sign.area
    box = (area.left, area.top, area.left + area.width, area.top + area.height)
    graphic = graphic_field(draw(layout).crop(box))
    assert f"^FO{area.left},{area.top}{graphic}".encode() in write_zpl(layout)


def test_grey_becomes_black_or_white_and_a_large_one_is_scaled_down() -> None:
    picture = Image.new("L", (400, 200), 100)
    picture.paste(160, (200, 0, 400, 200))
    small = fitted(png(picture), 40, 40)
    assert (small.mode, small.size) == ("1", (40, 20))
    assert small.crop((0, 0, 20, 20)).getextrema() == (0, 0)
    assert small.crop((20, 0, 40, 20)).getextrema() == (255, 255)
