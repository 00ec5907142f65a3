"""The files of harvested datasets: checksums, and tables cut to the rows of the city."""
