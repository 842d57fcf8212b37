"""The smaller commands of the command line, a module each."""
