"""Tables in the DataStore: columns with types, one loading at a time, and a quick worker."""
