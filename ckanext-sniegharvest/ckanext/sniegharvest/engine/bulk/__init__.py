"""Write many datasets at once, with the result that CKAN's own actions would have had.

CKAN's parts do the work (schemas, validators, model, hooks, the index's documents); what differs
is that the database is asked and told once a batch, not once or more a dataset.
"""
