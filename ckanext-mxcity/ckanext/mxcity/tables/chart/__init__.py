"""The chart preview of a table: grouped by the database, drawn on the server as SVG."""
