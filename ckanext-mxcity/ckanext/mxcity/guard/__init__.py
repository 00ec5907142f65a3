"""Safe from the first day: each module hardens one thing."""
