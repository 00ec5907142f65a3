"""What other plugins may add to MX City."""

from __future__ import annotations

from ckan.plugins import Interface

from ckanext.mxcity.checks.chain import FileCheck


class IFileCheck(Interface):
    """Add named checks that a table passes before it is published."""

    def file_checks(self) -> list[FileCheck]:
        """Return the checks, in the order in which they are run."""
        return []
