"""What is said of sheets of metadata, in the portal and off line alike. No CKAN import."""

from __future__ import annotations

from ckanext.mxcity.ground.messages import N_

NOT_IIN = N_(
    "The sheet speaks of Information of National Interest. That is not written by hand: it comes "
    "with data harvested from INEGI."
)
UNKNOWN_PLACE = N_("No INEGI code was found for the place “{place}”. Write it in Area covered.")
OTHER_LANGUAGES = N_(
    "{count} texts are there in another language too: those in “{language}” were taken."
)
MANY_COLUMNS = N_("The sheet describes {count} columns; the first {limit} were read.")
MANY_CATEGORIES = N_("{column} has {count} categories; the first {limit} were read.")
NO_COLUMNS_FILE = N_("Columns are described without saying of which file.")
