"""Search in Spanish: the Solr schema, the words residents use, ranking and suggestions."""
