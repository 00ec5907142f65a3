"""What the guard changes in the actions and permissions of others."""
