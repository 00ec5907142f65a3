"""A harvest source whose address leads inside is not saved, and its editor reads why."""

from __future__ import annotations

import re
import socket
import uuid

import pytest
from ckan.tests import factories, helpers

from .conftest import PASSWORD

pytestmark = pytest.mark.usefixtures("with_plugins", "spanish", "database")

#: Ways to say an address inside, as a number or a name.
INSIDE = (
    "http://localhost/catalog.ttl",
    "http://LOCALHOST./catalog.ttl",
    "http://datos.localhost/catalog.ttl",
    "http://localhost.localdomain/",
    "http://localhost:8983/solr/",
    "https://localhost/",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://10.1.2.3/",
    "http://192.168.0.10:8080/",
    "http://169.254.169.254/latest/",
    "http://[fe80::1]/",
    "http://[fd00:ec2::254]/",
)
#: Words of the English sentences that an error of a source is made of.
ENGLISH = (" is ", " the ", " not ", " it ", "itself", "only ", "Unknown", "fetched")


@pytest.fixture
def names(monkeypatch):
    """Names that lead where a test says, beside those that the machine knows."""
    known: dict[str, list[str]] = {}
    ask = socket.getaddrinfo

    def answer(host, port, *rest, **named):
        if host in known:
            found = known[host]
            if not found:
                raise socket.gaierror(socket.EAI_NONAME, "unknown")
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]
        return ask(host, port, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return known


@pytest.fixture
def editor(organisation):
    """The token of somebody who may add sources, and the organisation."""
    person = factories.User()
    helpers.call_action(
        "organization_member_create", id=organisation["id"], username=person["name"], role="admin"
    )
    token = helpers.call_action(
        "api_token_create", {"user": person["name"]}, user=person["name"], name="t"
    )["token"]
    return token, organisation["id"]


def saved(app, editor, url: str, action: str = "harvest_source_create", **more):
    """Send a source by an action; gives the answer."""
    token, organisation = editor
    name = f"fuente-{uuid.uuid4().hex[:8]}"
    sent = {
        "name": name,
        "title": name,
        "url": url,
        "source_type": "dcat_rdf",
        "owner_org": organisation,
        **more,
    }
    headers = {"Authorization": token}
    return app.post(f"/api/3/action/{action}", json=sent, headers=headers)


@pytest.mark.parametrize("url", INSIDE)
def test_addresses_inside_are_not_saved(app, editor, url):
    """However an address of this machine or its network is written, it is refused with a reason."""
    answer = saved(app, editor, url)
    assert answer.status_code == 409, answer.text
    (told,) = answer.json["error"]["url"]
    assert "no está permitida" in told
    assert not [word for word in ENGLISH if word in told], told


@pytest.mark.parametrize("addresses", [["10.0.0.8"], ["127.0.0.1"], ["93.184.216.34", "10.0.0.8"]])
def test_names_that_lead_inside_are_not_saved(app, editor, names, addresses):
    """A name is looked up: one inside is enough, also beside a public address."""
    names["datos.example.mx"] = addresses
    answer = saved(app, editor, "https://datos.example.mx/catalog.ttl")
    assert answer.status_code == 409
    assert "no está permitida" in answer.json["error"]["url"][0]


def test_public_names_and_unknown_ones_are_saved(app, editor, names):
    """A name that leads nowhere at the moment is no fault of the address."""
    names["datos.example.mx"] = ["93.184.216.34"]
    names["nadie.example.mx"] = []
    for host in names:
        answer = saved(app, editor, f"https://{host}/catalog.ttl")
        assert answer.status_code == 200, answer.text


def test_a_source_whose_name_has_moved_can_be_changed(app, editor, names):
    """Only a new address is looked up: the rest of a source can be changed."""
    names["datos.example.mx"] = ["93.184.216.34"]
    url = "https://datos.example.mx/catalog.ttl"
    made = saved(app, editor, url).json["result"]
    names["datos.example.mx"] = ["10.0.0.8"]
    kept = {"id": made["id"], "name": made["name"]}
    assert saved(app, editor, url, "harvest_source_update", **kept, title="Otro").status_code == 200
    assert saved(app, editor, f"{url}?x=1", "harvest_source_update", **kept).status_code == 409


def test_hosts_that_the_operator_named_are_saved(app, editor, names, ckan_config, monkeypatch):
    """An internal host of the configuration is a source like any other."""
    monkeypatch.setitem(ckan_config, "ckanext.sniegharvest.allowed_hosts", ["geo.interno:8080"])
    names["geo.interno"] = ["10.0.0.8"]
    assert saved(app, editor, "http://geo.interno:8080/csw").status_code == 200
    assert saved(app, editor, "http://geo.interno/csw").status_code == 409


def test_the_form_tells_of_a_name_that_leads_nowhere(app, sign_in, names, organisation):
    """The person who saves such a source reads so, and the source is there."""
    names["nadie.example.mx"] = []
    client = sign_in(factories.Sysadmin(password=PASSWORD)["name"])
    form = client.get("/harvest/new").text
    token = re.search(r'name="_csrf_token"[^>]*value="([^"]+)"', form)[1]
    name = f"fuente-{uuid.uuid4().hex[:8]}"
    sent = {
        "_csrf_token": token,
        "name": name,
        "title": name,
        "url": "https://nadie.example.mx/catalog.ttl",
        "source_type": "dcat_rdf",
        "owner_org": organisation["id"],
        "save": "Save",
    }
    answer = client.post("/harvest/new", data=sent)
    assert answer.status_code == 302, answer.text[:500]
    assert "no lleva a ningún lado por ahora" in client.get(f"/harvest/{name}").text
    assert helpers.call_action("harvest_source_show", id=name)["url"] == sent["url"]


def test_no_other_way_leads_round_the_checks(app, editor, names):
    """A source sent as a dataset is checked like any other: its address, and what admins set."""
    names["datos.example.mx"] = ["93.184.216.34"]
    url = "https://datos.example.mx/catalog.ttl"
    granted = '{"permission": {"text": "Oficio 1"}}'
    sent = {"type": "harvest"}
    inside = saved(app, editor, "http://localhost/", "package_create", **sent)
    assert "no está permitida" in inside.json["error"]["url"][0]
    privileged = saved(app, editor, url, "package_create", **sent, config=granted)
    assert "permission" in privileged.json["error"]["config"][0]

    made = saved(app, editor, url, "package_create", **sent)
    assert made.status_code == 200, made.text
    kept = {"id": made.json["result"]["id"], "name": made.json["result"]["name"], **sent}
    for change in ({"url": "http://127.1/"}, {"url": url, "config": granted}):
        for action in ("package_update", "package_patch", "harvest_source_update"):
            assert saved(app, editor, action=action, **kept, **change).status_code == 409, action


REFUSED = {
    "no type": {"source_type": "no-such-type"},
    "no frequency": {"frequency": "SOMETIMES"},
    "no url": {"url": "not an address"},
    "scheme": {"url": "file:///etc/hosts"},
    "user name": {"url": "https://u:p@example.mx/"},
    "port": {"url": "https://example.mx:0/"},
    "two ways": {"url": "https://example.mx\\@10.0.0.1/"},
    "settings": {"config": "{"},
    "setting": {"config": '{"no-such": 1}'},
    "name": {"name": "No Es Un Nombre"},
    "title": {"name": ""},
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_are_in_spanish(app, editor, names, case):
    """Whatever is wrong with a source, the sentence is in the reader's language."""
    names["example.mx"] = ["93.184.216.34"]
    answer = saved(app, editor, **{"url": "https://example.mx/", **REFUSED[case]})
    assert answer.status_code == 409, answer.text
    told = " ".join(
        text for field, texts in answer.json["error"].items() if field != "__type" for text in texts
    )
    assert told
    assert not [word for word in ENGLISH if word in f" {told} "], told


def test_the_same_source_twice_is_told_in_spanish(app, editor, names):
    """A second source of the same address and settings is refused with a sentence."""
    names["example.mx"] = ["93.184.216.34"]
    assert saved(app, editor, "https://example.mx/a", config="{}").status_code == 200
    answer = saved(app, editor, "https://example.mx/a", config="{}")
    assert answer.status_code == 409
    assert answer.json["error"]["url"] == ["Ya hay una fuente con esta dirección y estos ajustes."]
