"""A host for terminals: one warm program that forks a terminal for each session."""
