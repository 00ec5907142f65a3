"""Read, check and index many datasets at once, with the result that CKAN's own actions have.

CKAN's parts do the work (schemas, validators, model, hooks, the index's documents); what differs
is that the database is asked once for many datasets, not once or more for each.
"""
