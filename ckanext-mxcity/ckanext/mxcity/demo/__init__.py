"""A catalogue that shows what the portal does: historical figures and badged made-up series."""
