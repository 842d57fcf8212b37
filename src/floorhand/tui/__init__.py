"""The terminal screens: the only package that knows Textual.

Textual reads its settings when it is imported, so they are made here, before any module does.
"""

import os

os.environ.setdefault("TEXTUAL_FPS", "240")
# The newer keyboard protocol loses characters of scanners that type capitals.
os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
