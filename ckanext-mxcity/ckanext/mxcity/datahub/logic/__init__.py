"""Actions of the DataHub and who may call them."""
