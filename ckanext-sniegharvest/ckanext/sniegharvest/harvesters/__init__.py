"""The plugins that ckanext-harvest sees."""
