"""Which dataset a record is: identifiers, what earlier runs stored, other sources of it."""
