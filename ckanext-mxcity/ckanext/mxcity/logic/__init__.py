"""Actions and auth functions of the mxcity plugin, where CKAN looks for them."""
