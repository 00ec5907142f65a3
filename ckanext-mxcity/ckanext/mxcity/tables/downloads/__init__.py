"""Tables as files: read in one statement, whole before they are sent."""
