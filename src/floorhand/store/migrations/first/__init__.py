"""The first tables, as they were: later migrations change them, not these functions."""
