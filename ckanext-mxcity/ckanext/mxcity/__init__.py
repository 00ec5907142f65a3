"""What a Mexican city's open data portal adds to CKAN."""
