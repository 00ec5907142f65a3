"""A source read: the stream of its records, what is held back, and whether it changed at all."""
