"""Tables in and out: CSV and Excel, read, checked and previewed before anything is written."""
