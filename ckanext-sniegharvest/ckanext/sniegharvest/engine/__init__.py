"""The stages of a harvest run: list, fetch and read, map, plan, write, report."""
