"""``python -m ckanext.mxcity.command``: as ``mxcity``, where scripts are not on the path."""

from __future__ import annotations

from ckanext.mxcity.command import main

main(prog_name="mxcity")
