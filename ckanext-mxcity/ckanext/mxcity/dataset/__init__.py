"""What a dataset is: its types and fields, their validators, their names and the norms behind."""
