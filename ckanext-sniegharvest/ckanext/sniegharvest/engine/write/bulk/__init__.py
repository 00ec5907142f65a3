"""Write many datasets at once, with the result that CKAN's own actions would have had.

What reads and checks many at once is ``ckanext.mxcity.catalogue.bulk``; here the database and the
index are told once a batch, not once or more for each dataset.
"""
