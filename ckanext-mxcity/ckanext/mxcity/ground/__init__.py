"""What all rooms stand on: texts, numbers, messages, areas, controlled lists.

Nothing here imports CKAN, nor anything of ours but its neighbours.
"""
