"""What programs may ask of the portal, described in OpenAPI 3.1 and on a page."""
