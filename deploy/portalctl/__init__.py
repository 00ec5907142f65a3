"""The one entry point of the portal: set up, start, watch, test and measure it.

Only Python's standard library is used here: this code runs before anything is installed.
"""
