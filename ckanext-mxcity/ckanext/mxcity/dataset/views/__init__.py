"""Pages about the types and the fields of datasets."""
