"""Read a sheet of metadata that a clerk has: DDI Codebook, NTM 2010 (ISO 19139) or SIM's JSON.

No CKAN import here: the same code runs in the portal and at a desk without one.
"""

from __future__ import annotations

from ckanext.mxcity.exchange.norms.apart import read_metadata
from ckanext.mxcity.exchange.norms.errors import SheetRefusedError
from ckanext.mxcity.exchange.norms.model import DescribedFile, Loss, MetadataReading

__all__ = ["DescribedFile", "Loss", "MetadataReading", "SheetRefusedError", "read_metadata"]
