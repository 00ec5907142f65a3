"""Actions of publishing, and who may call them."""
