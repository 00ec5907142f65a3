"""The plan carried out: mapping, batches in several processes, archiving."""
