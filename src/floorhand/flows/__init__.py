"""The jobs as pure functions: scan in, prompt out."""
