"""Where the rows of tables are, as rectangles that the search by map finds."""
