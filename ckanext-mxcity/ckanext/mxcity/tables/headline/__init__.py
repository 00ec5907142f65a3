"""What a dataset's page opens with: its latest figure in words, a chart, rows and places."""
