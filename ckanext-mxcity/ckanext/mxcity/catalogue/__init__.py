"""The catalogue as a whole: facets, figures, index, counts, and the pages about them."""
