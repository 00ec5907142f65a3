"""GDAL with one driver: the one of the kind that a file was proved to be."""

from __future__ import annotations

from ckanext.mxcity.files.model import FileRefused

#: The driver that reads a kind of map.
DRIVERS = {"geojson": "GeoJSON", "gpkg": "GPKG", "kml": "LIBKML", "shp": "ESRI Shapefile"}


def leave_only(kind: str) -> None:
    """Take every driver but one away, for the rest of this process.

    FileRefused where GDAL keeps another: the file is not opened then.
    """
    import pyogrio
    from pyogrio import core

    wanted = DRIVERS[kind]
    others = [name for name in pyogrio.list_drivers() if name != wanted]
    pyogrio.set_gdal_config_options({"GDAL_SKIP": ",".join(others)})
    core._register_drivers()  # takes those of GDAL_SKIP away
    if set(pyogrio.list_drivers()) != {wanted}:
        raise FileRefused("broken-map", format=kind)
