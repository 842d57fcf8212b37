"""A label printer made of software: for trying out, for the demo, and to break it in tests."""
