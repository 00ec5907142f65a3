"""The kinds of maps, each read by a module of its own into layers: see ``layers``."""
