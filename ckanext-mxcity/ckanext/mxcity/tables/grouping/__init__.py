"""A table grouped by one or two of its columns, by address: as a page, CSV and JSON."""
