"""The kinds of chart: one module a kind, and the registry that names them."""
