"""How the search index is configured: its fields, words that mean the same, spelling. No CKAN."""
