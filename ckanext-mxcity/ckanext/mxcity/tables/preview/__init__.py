"""The preview of a table: rows by pages, filtered and sorted by address, drawn on the server."""
