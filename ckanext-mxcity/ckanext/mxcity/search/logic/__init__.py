"""Actions of the search and who may call them."""
