"""Addresses of the whole portal: its colours, and the counts of views and downloads."""
