"""Tables as files: read page by page, written as they are read."""
