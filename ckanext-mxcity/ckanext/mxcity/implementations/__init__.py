"""CKAN's interfaces, one module each."""
