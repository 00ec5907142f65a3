"""Maps: a preview of geographic files, a filter of the search and the extent of a dataset."""
