"""What readers of documents share: safe parsers, decoding, dates, ISO metadata, mapping rules.

Nothing here imports CKAN.
"""
