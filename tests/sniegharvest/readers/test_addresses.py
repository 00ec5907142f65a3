"""An address that is no link is left out of a record and told; the record goes on."""

from __future__ import annotations

from ckanext.mxcity.reading.assemble import Assembler
from ckanext.mxcity.reading.records import Caps, Draft, Record

SCRIPT = "java" + "script:x()"


def test_a_bad_address_does_not_lose_the_record():
    draft = Draft()
    draft.dataset = {
        "url": SCRIPT,
        "notes": "Pozos",
        "resources": [
            {"url": SCRIPT, "name": "uno"},
            {"url": "https://example.com/dos.csv", "name": "dos", "cache_url": SCRIPT},
        ],
    }
    record = Assembler(Caps()).finish(draft, {"id": "1"}, "1", "Pozos de agua")
    assert isinstance(record, Record)
    assert "url" not in record.dataset
    assert record.dataset["notes"] == "Pozos"
    assert record.dataset["resources"] == [{"url": "https://example.com/dos.csv", "name": "dos"}]
    assert [warning.slug for warning in record.warnings] == ["bad-address"] * 3
