"""The harvest engine of MX City."""
