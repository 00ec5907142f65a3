"""What the table loader adds to CKAN's logic."""
