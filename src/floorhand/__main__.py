"""Run floorhand as ``python -m floorhand``."""

from floorhand.cli import main

if __name__ == "__main__":
    main()
