"""Measure MX City against stock CKAN 2.12, on the same servers, in the same run.

Absolute times say little on a shared machine, so every result is a ratio: both sides do the
same work in turn (A B A B …), and the median of the pairs is quoted with its spread.
"""
