"""The types of source: their registry, the settings of a source, checks before it is saved."""
