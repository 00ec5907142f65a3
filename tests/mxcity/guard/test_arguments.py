"""Every action, whatever it is sent, answers with what it found or with a plain refusal."""

from __future__ import annotations

import inspect
import json
import random
import re
import traceback

import pytest
from ckan import logic
from ckan.tests import factories
from ckanext.mxcity.guard.arguments import _chain

pytestmark = pytest.mark.usefixtures("with_plugins", "database")

NONSENSE = (
    [], ["x", 1, None], [{}], {}, {"a": {"b": [1]}}, None, True, -1, 2**70, 1.5, "",
    "x", "x" * 20_000,
    "a\x00b", "\x01\x1b\x7f", "\ud800", "%", "%s %(x)s", "{x}", "'\"\\", "ñ\u202e\ufffe", "[" * 50,
    "*:*", "-1", "1e400", "NaN",
)  # fmt: skip
_KEYS = re.compile(r"""(?:data_dict|data)(?:\.get\(|\.pop\(|\[|,)\s*\[?["'](\w+)["']""")


def names_of(action) -> list[str]:
    """Return the arguments that an action looks for, as far as its text tells."""
    found = {"id"}
    for function in _chain(action):
        found |= set(re.findall(r":param (?:\w+ )?(\w+)", function.__doc__ or ""))
        try:
            found |= set(_KEYS.findall(inspect.getsource(function)))
        except (OSError, TypeError):
            continue
    return sorted(found - {"upload"})


@pytest.fixture
def good(app, make_dataset, organisation, person):
    """Values that name something that is there."""
    dataset = make_dataset(owner_org=organisation["id"])
    resource = factories.Resource(package_id=dataset["id"])
    return {
        "id": [dataset["id"], resource["id"], organisation["id"], person["name"]],
        "package_id": [dataset["id"]],
        "resource_id": [resource["id"]],
        "owner_org": [organisation["id"]],
        "organization_id": [organisation["id"]],
        "user": [person["name"]],
        "name": ["agua"],
    }


def mixed(names, good, chance):
    """Return good values and nonsense for some of the arguments of an action."""
    return {
        name: chance.choice(good[name])
        if name in good and chance.random() < 0.6
        else chance.choice(NONSENSE)
        for name in names
        if chance.random() < 0.8
    }


@pytest.fixture
def logged(app, monkeypatch):
    """The faults that the API wrote into its log."""
    found = []
    views = app.flask_app.view_functions["api.action"].__globals__
    monkeypatch.setattr(views["log"], "exception", found.append)
    return found


def fault_of(app, name, body, headers, logged):
    """Ask for one action; return what went wrong, None where the answer is under 500."""
    logged.clear()
    try:
        answer = app.post(f"/api/3/action/{name}", data=json.dumps(body), headers=headers)
    except Exception as error:
        logged.append(error)
    else:
        if answer.status_code < 500:
            return None
    place = traceback.extract_tb(logged[-1].__traceback__)[-1] if logged else ""
    return f"{name} {logged} at {place} {json.dumps(body)[:300]}"


def test_no_action_fails(app, good, person, logged):
    """Anonymous and as an editor, by GET and by POST: 200 or a refusal, never a fault."""
    token = factories.APIToken(user=person["name"])
    anonymous = {"Content-Type": "application/json"}
    editor = {**anonymous, "Authorization": token["token"]}
    logic.get_action("package_show")
    chance = random.Random(13)
    faults = []
    for number, (name, action) in enumerate(sorted(logic._actions.items())):
        body = mixed(names_of(action), good, chance)
        headers = anonymous if number % 4 == 0 else editor
        faults.append(fault_of(app, name, body, headers, logged))
        faults.append(fault_of(app, name, {}, editor, logged))
    assert len(faults) > 500
    assert [fault for fault in faults if fault] == []


def test_actions_that_need_an_argument_say_so_by_get(app):
    """To anonymous visitors, by an address alone."""
    for name in ("group_autocomplete", "organization_autocomplete", "harvest_source_show"):
        answer = app.get(f"/api/3/action/{name}")
        assert answer.status_code == 409, name
        assert set(answer.json["error"]) - {"__type"} <= {"q", "id"}, name


def test_our_own_faults_stay_faults(app, monkeypatch, logged):
    """What fails in our own code is no fault of who asked: 500, and in the log."""
    monkeypatch.setattr("ckanext.mxcity.guard.logic.action.authz", None)
    answer = app.get("/api/3/action/harvest_log_list")
    assert answer.status_code == 500
    assert isinstance(logged[-1], AttributeError)


@pytest.mark.parametrize(
    "question",
    ["package_search?include_drafts=zzz", "package_search?include_private=x",
     "package_show?id=x&include_plugin_data=z", "organization_list?all_fields=x",
     "package_list?limit=99999999999999999999", "group_list?offset=1e3"],
)  # fmt: skip
def test_choices_and_numbers_are_told(app, question):
    """By the name of the argument."""
    answer = app.get(f"/api/3/action/{question}")
    assert answer.status_code == 409
    assert question.split("?")[1].split("&")[-1].split("=")[0] in answer.json["error"]
