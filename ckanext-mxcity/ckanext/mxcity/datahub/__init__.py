"""The DataHub: what each ministry holds, what is usable, who gets what, and what comes next."""
