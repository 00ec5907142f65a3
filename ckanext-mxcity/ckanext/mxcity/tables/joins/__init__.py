"""Joining tables of several ministries by the keys that they share: area and period."""
