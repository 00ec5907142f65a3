"""Actions of the maps, and who may call them."""
