"""Maps of tables by INEGI's areas, drawn on polygons that another table of the portal holds."""
