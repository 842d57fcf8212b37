"""What texts that are made up are made of."""

from __future__ import annotations

from hypothesis import strategies as st

ANY_LETTER = st.characters(exclude_categories=("Cs",))
"""All that UTF-8 can write, as in `st.text()`. That would encode each of a million characters once
to find out, which takes every process some three seconds; halves of pairs are known to be what is
left out."""
