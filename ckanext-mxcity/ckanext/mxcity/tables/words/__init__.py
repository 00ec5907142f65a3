"""What tables of the DataStore say in words: their columns, and the short texts in these."""
