"""Owners take turns: whoever sends many files keeps nobody else waiting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ckan.lib import jobs
from ckan.tests import factories
from ckanext.mxcity.publishing import attendance, turns
from hypothesis import given
from hypothesis import strategies as st

from tests.mxcity.publishing.desk import CLEAN, context, work

#: Who sends a file next; None is a worker that takes the first one.
EVENTS = st.lists(st.sampled_from(["ana", "beto", "caro", "dora", None]), max_size=60)


@given(EVENTS)
def test_owners_take_turns(events: list[str | None]) -> None:
    """Whatever was sent and taken before.

    Before a new file stands no more of anybody else than the sender has there, and one; the next
    one stays the next; and everybody's own files are done in the order in which they were sent.
    """
    waiting: list[str] = []
    for number, owner in enumerate(events):
        if owner is None:
            waiting = waiting[1:]
            continue
        new = f"{owner}_{number:03}"
        before, waiting = waiting, turns.in_turns([*waiting, new])
        assert sorted(waiting) == sorted([*before, new])
        assert waiting[0] == [*before, new][0]
        ahead = [turns.owner_of(job) for job in waiting[: waiting.index(new)]]
        for other in set(ahead):
            assert ahead.count(other) <= ahead.count(owner) + (other != owner)
            own = [job for job in waiting if turns.owner_of(job) == other]
            assert own == sorted(own)


@given(EVENTS, st.integers(0, 4))
def test_nobody_is_passed_for_ever(others: list[str | None], more: int) -> None:
    """A file of somebody with few is done, however many files others go on sending."""
    waiting = [f"eva_{number}" for number in range(more + 1)]
    wanted, served = waiting[-1], 0
    for number in range(1_000):
        owner = (others or ["ana"])[number % max(len(others), 1)]
        if owner:
            waiting = turns.in_turns([*waiting, f"{owner}_{number:04}"])
        served, waiting = served + 1, waiting[1:]
        if wanted not in waiting:
            break
    # Four others: each of the files of Eva is passed by one of each.
    assert served <= 5 * (more + 1)


@given(st.uuids().map(str))
def test_a_job_names_its_owner(owner: str) -> None:
    """The queue tells whose a job is; a job of another kind is nobody's."""
    assert turns.owner_of(turns.new_job(owner)) == owner
    assert turns.owner_of("0b2d61a0-8a39-4f5e-8d27-3c8d6a0a7a11") == ""


@pytest.mark.usefixtures("migrated_db", "clean_queue")
def test_one_clerk_s_files_do_not_hold_another_s(
    act: Callable[..., Any], ministry: dict[str, Any]
) -> None:
    """After five files of one clerk the file of another is the second; the page says so."""
    import ckan.plugins.toolkit as tk

    other = factories.User()
    factories.Organization(users=[{"name": other["name"], "capacity": "editor"}])

    def as_other(action: str, **data: Any) -> Any:
        return tk.get_action(action)(context(other), data)

    def sent(call: Callable[..., Any]) -> str:
        made = call("mxcity_upload_create", name="a.csv", size=len(CLEAN))
        call("mxcity_upload_append", id=made["id"], offset=0, upload=CLEAN)
        call("mxcity_file_read", id=made["id"])
        return str(made["id"])

    mine = [sent(act) for _ in range(5)]
    theirs = sent(as_other)
    places = [act("mxcity_upload_show", id=one)["progress"]["place"] for one in mine]
    assert places == [1, 3, 4, 5, 6]
    assert as_other("mxcity_upload_show", id=theirs)["progress"]["place"] == 2
    assert len(jobs.get_queue(attendance.QUEUE)) == 6
    work()
    assert {act("mxcity_upload_show", id=one)["state"] for one in mine} == {"ready"}
    assert as_other("mxcity_upload_show", id=theirs)["state"] == "ready"
