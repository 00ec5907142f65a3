"""Publishing: from a clerk's file to a dataset that others can use."""
