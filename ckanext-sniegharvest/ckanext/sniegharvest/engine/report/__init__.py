"""What a run tells: its journal in the database, causes, losses and repairs."""
