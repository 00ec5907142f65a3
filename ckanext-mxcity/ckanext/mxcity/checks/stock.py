"""The checks that every portal runs, and ``mxcity check`` at a desk. No CKAN import."""

from __future__ import annotations

from ckanext.mxcity.checks import closed
from ckanext.mxcity.checks.chain import TABLE_SCHEMA, FileCheck, Subject, Verdict
from ckanext.mxcity.checks.table import check_table, header_of

#: What the law keeps closed in tables of a known kind, whatever schema was chosen.
CLOSED = "closed-by-law"


def obeys_schema(subject: Subject) -> Verdict:
    """Compare the table with its schema."""
    report = check_table(subject.path, subject.schema)
    return Verdict(TABLE_SCHEMA, report=report.placed(subject.reading.file_row))


def keeps_closed(subject: Subject) -> Verdict:
    """Look for what the law keeps closed in a table of a kind that we know."""
    header = header_of(subject.path)
    schema = closed.schema_of(header)
    if schema is None or schema == subject.schema:
        return Verdict(CLOSED)  # of no such kind, or compared with all of its schema anyway
    report = check_table(subject.path, closed.only_closed(header, schema))
    if report.valid:
        return Verdict(CLOSED)
    return Verdict(CLOSED, report=report.placed(subject.reading.file_row))


STOCK = (FileCheck(TABLE_SCHEMA, obeys_schema), FileCheck(CLOSED, keeps_closed))
