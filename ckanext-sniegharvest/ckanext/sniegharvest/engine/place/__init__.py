"""Where a record is about, and whether that is in the areas that a source is narrowed to."""
