"""The plan of a run: each record compared with what is stored, and what follows from it."""
