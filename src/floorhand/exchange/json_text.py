"""JSON text to values; whatever is wrong with the text is said in one sentence."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from floorhand.errors import BadFile

_ESCAPE = re.compile(
    r"\\(?:"
    r"u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|"
    r"(?P<half>u[dD][89a-fA-F][\da-fA-F]{2})|"
    r".)",
    re.ASCII,
)
"""An escape: two that are one letter, one that is half a letter, or any other."""


def parse(text: str, name: str) -> Any:
    """Read a JSON body. Numbers with a point or exponent come as `Decimal`.

    Half a letter (of an emoji that a platform cut in two) is read as U+FFFD, the sign for a letter
    that was lost: no database and no file takes the half.

    Args:
        text: The whole body.
        name: The file's, for messages.

    Raises:
        BadFile: If it is no JSON.
    """
    text = _ESCAPE.sub(lambda found: r"\ufffd" if found["half"] else found[0], text)
    try:
        return json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            raise BadFile(
                f"{name} holds several JSON values one after another (the second begins "
                f"on line {error.lineno}); send them as one list: [ … , … ]."
            ) from None
        cut = not text[error.pos :].strip() or "Unterminated" in error.msg
        what = "is cut off" if cut else "is not JSON"
        raise BadFile(f"{name} {what}: {error.msg}, line {error.lineno}.") from None
    except RecursionError:
        raise BadFile(f"{name} cannot be read as JSON: it is nested too deep.") from None
    except ValueError:
        raise BadFile(
            f"{name} cannot be read as JSON: it holds a number of thousands of digits."
        ) from None
