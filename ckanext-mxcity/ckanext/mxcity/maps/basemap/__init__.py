"""The base map: the ground that every map of the portal is drawn on, as tiles of the portal's own.

- ``kinds`` knows which layers a base map is made of, and recognises them;
- ``folder`` reads the layers of a folder in the room without doors;
- ``features`` makes of them what the tiles hold, with the names that the map shows;
- ``build`` has the tiles made, and puts them in the place of the ones before;
- ``store`` is where they lie, and what the pages are told of them.

No CKAN import but in ``store``.
"""
