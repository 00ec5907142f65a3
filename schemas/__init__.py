"""What a dataset and an organisation are: ckanext-scheming schemas, vocabularies, mappings."""
