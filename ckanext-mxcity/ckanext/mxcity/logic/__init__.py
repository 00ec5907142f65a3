"""Actions, their authorisation and validators of the mxcity plugin."""
