"""Terminals in browsers: each is `floorhand terminal` itself, on a pseudo-terminal of its own."""
