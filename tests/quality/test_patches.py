"""Where the portal changes upstream's code is registered, and upstream is as it was then.

The register is in ``docs/reference/patches``. A test that fails here after an upgrade is no fault
of the portal yet: it names what a person has to look at before the new release is taken.
"""

from __future__ import annotations

import ast
import contextvars
import importlib
import platform
import sys
import threading
from importlib.metadata import version
from pathlib import Path

import ckan.plugins as p
import pytest
from packaging.version import Version
from patch_scan import Found, modules_of, scan, scan_source

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "docs" / "reference"))

from patches import REGISTER, Patch, fingerprint, seen, source_of, templates  # noqa: E402

WATCHED = [(patch, path) for patch in REGISTER for path in patch.looked_at]
#: Found in a module that has an entry at all: the entry says what they are used for.
BY_THE_WAY = {"FunctionType", "bound", "super"}


@pytest.mark.parametrize(
    ("patch", "path"), WATCHED, ids=[f"{patch.where}-{path}" for patch, path in WATCHED]
)
def test_upstream_is_as_it_was(patch: Patch, path: str):
    """Fails when upstream changes what a patch replaces, or what it leans on."""
    try:
        now = fingerprint(path)
    except LookupError as error:
        pytest.fail(f"{error}, which {patch.where} {patch.how}. Re-check {patch.check}.")
    assert now == seen().get(path), (
        f"{path} is other than it was with {patch.since}. Re-check {patch.check}; then write "
        f"'{path}: {now}' in docs/reference/patches/seen.yaml, or take the patch out of "
        f"{patch.where} and of the register."
    )


def test_a_fingerprint_is_that_of_the_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Other code has another fingerprint; other white space, and a live patch, have not."""
    monkeypatch.syspath_prepend(str(tmp_path))
    sources = {
        "upstream_one": "if True:\n    class A:\n        def f(self):\n            return 1\n",
        "upstream_two": "class A:\n    def f(self):\n\n        return   1\n",
        "upstream_three": "class A:\n    def f(self):\n        return 2\n",
    }
    for name, source in sources.items():
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    one, two, three = (fingerprint(f"{name}.A.f") for name in sources)
    assert one == two != three
    live = importlib.import_module("upstream_two")
    monkeypatch.setattr(live.A, "f", lambda self: 3)
    assert fingerprint("upstream_two.A.f") == two
    with pytest.raises(LookupError):
        fingerprint("upstream_two.A.g")


def test_nothing_else_is_watched():
    """A fingerprint that no entry needs is taken out."""
    assert sorted(set(seen()) - {path for _, path in WATCHED}) == []


@pytest.mark.parametrize("patch", REGISTER, ids=[patch.where for patch in REGISTER])
def test_an_entry_is_true(patch: Patch):
    """Our module is there, upstream's release is, and the names are in upstream's source."""
    assert patch.where in {name for name, _ in modules_of(REPOSITORY)}
    name, _, since = patch.since.partition(" ")
    installed = platform.python_version() if name == "Python" else version(name)
    assert Version(since) <= Version(installed), "needed since a release to come"
    source = "\n".join(source_of(path) for path in patch.looked_at)
    gone = [name for name in patch.names if name not in source]
    assert gone == [], f"Upstream has no such names any more. Re-check {patch.check}."
    for path in set(patch.targets) - set(patch.looked_at):  # Python's own
        found = importlib.import_module(path.split(".")[0])
        for name in path.split(".")[1:]:
            found = getattr(found, name)


def unregistered(found: list[Found]) -> list[str]:
    """What was found and no entry of the same module names."""
    return [
        f"{item.module}:{item.line} {item.name}: {item.code}"
        for item in found
        if not any(covers(patch, item) for patch in REGISTER)
    ]


def covers(patch: Patch, item: Found) -> bool:
    """Whether an entry is about a place in our code."""
    if patch.where != item.module:
        return False
    paths = (*patch.targets, *patch.beside)
    return (
        item.name in patch.names
        or any(path.endswith(f".{item.name}") for path in paths)
        or item.name in BY_THE_WAY
        or item.name.startswith("__")
    )


def test_every_patch_is_registered():
    """What our code changes or uses of what is private to others has an entry in the register."""
    found = scan(REPOSITORY)
    assert len(found) > len(REGISTER)
    assert unregistered(found) == [], "Add an entry to docs/reference/patches."


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("from ckan.lib import mailer\nmailer.smtplib = 1", "smtplib"),
        ("from ckan.lib import mailer as m\ndef f():\n    m.config.x = 1", "x"),
        ("import ckan.lib.search as s\ns._QUERIES['package'] = 1", "_QUERIES"),
        ("from ckanext.harvest.model import KINDS\nKINDS[:] = []", "KINDS"),
        ("from ckan.lib.search.query import VALID_SOLR_PARAMETERS as V\nV.add('x')", "V"),
        ("import sys\nsys.meta_path.insert(0, 1)", "meta_path"),
        ("import threading\ndel threading.Thread.start", "start"),
        ("import threading\nthreading.Thread.start += 1", "start"),
        ("from ckan.lib import mailer\nsetattr(mailer, 'x', 1)", "setattr"),
        ("from ckan.lib.mailer import _mail_recipient", "_mail_recipient"),
        ("from ckan.lib import mailer\nmailer._mail_recipient()", "_mail_recipient"),
        ("from ckan.lib import mailer\ngetattr(mailer, '_mail_recipient')", "_mail_recipient"),
        ("def f(solr):\n    solr._send_request('get')", "_send_request"),
        ("class A:\n    def f(self):\n        return self._of_another", "_of_another"),
        ("import logging\nclass A(logging.Formatter):\n    def _x(self): 1", None),
        ("import pysolr\nclass A(pysolr.Solr):\n    def _send_request(self): 1", "_send_request"),
        ("import pysolr\ndef f():\n    class A(pysolr.Solr):\n        _get_url = 1", None),
        ("import sys\nsys.addaudithook(print)", "addaudithook"),
        ("import logging\nlogging.setLogRecordFactory(print)", "setLogRecordFactory"),
        ("def after(): 1\ndef f(plugin):\n    plugin.after_show = after", "after_show"),
        ("def f(plugin):\n    plugin.after_show = lambda: 1", "after_show"),
        ("from flask import Flask\ndef f(app: Flask):\n    app.view_functions['x'] = 1",
         "view_functions"),
        ("from ckan.x import csrf\ncsrf.__class__ = int", "__class__"),
        ("def f(function):\n    return function.__globals__", "__globals__"),
        ("from types import FunctionType\nFunctionType(1)", "FunctionType"),
        ("import rq\nclass A(rq.Worker):\n    def f(self):\n        super(rq.Worker, self).f()",
         "super"),
        ("from flask import g\ng.pop('_webassets')", "_webassets"),
        ("from flask import g\ng.mine = 1", None),
        ("import ckan.plugins.toolkit as tk\ntk.config['x'] = tk._('y')", None),
        ("from flask import Flask\ndef f(app: Flask):\n    app.wsgi_app = 1", None),
        ("from ckanext.mxcity import figures\nfigures.kept = 1", None),
        ("class A:\n    def f(self):\n        self._x = 1\n        return self._x", None),
        ("def f(row):\n    row.name = 'x'", None),
    ],
)  # fmt: skip
def test_the_search_finds_each_kind(source: str, name: str | None):
    """The search for patches sees each way to make one, and nothing else."""
    assert scan_source(source) == ({name} if name else set())


@pytest.mark.usefixtures("with_plugins")
def test_validators_that_stand_in_are_registered():
    """A validator of ours that has the name of one of CKAN's is in the register."""
    core = ("ckan.logic.validators", "ckan.logic.converters", "ckan.lib.navl.validators")
    names = {
        name
        for plugin in p.PluginImplementations(p.IValidators)
        for name, ours in plugin.get_validators().items()
        if ours.__module__.startswith(("ckanext.mxcity", "ckanext.sniegharvest"))
        for module in core
        if getattr(sys.modules[module], name, ours) is not ours
    }
    registered = {target for patch in REGISTER for target in patch.targets}
    assert names
    assert [name for name in names if f"ckan.logic.validators.{name}" not in registered] == []


# What upstream would have to do for a patch to be needed no more.


def literal(path: str) -> set[str]:
    """The texts in what upstream gives a name, read from its source."""
    tree = ast.parse(source_of(path))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}


def test_ckan_still_refuses_our_parameter_of_solr():
    """Fails when CKAN lets it through: the search plugin adds nothing then."""
    from ckanext.mxcity.search import ranking

    assert ranking.WORDS not in literal("ckan.lib.search.query.VALID_SOLR_PARAMETERS")


def test_ckanext_harvest_still_lacks_our_frequencies():
    """Fails when ckanext-harvest offers them: the scheduler offers nothing more then."""
    from ckanext.sniegharvest.engine.scheduler import EVERY

    assert set(EVERY) - literal("ckanext.harvest.model.UPDATE_FREQUENCIES")


def test_ckanext_scheming_still_extends_no_schema():
    """Fails when a schema may extend another: the plugin of types composes nothing then."""
    assert "extends" not in source_of("ckanext.scheming.plugins")


def test_the_account_of_solr_still_needs_its_header():
    """Fails when pysolr makes a header of an account by itself."""
    from ckanext.mxcity.guard.solr_account import HeaderSolr

    own = next(kind for kind in HeaderSolr.__mro__ if kind.__module__ == "pysolr")
    address = "http://somebody:something@127.0.0.1:9/solr/ckan"
    assert "somebody" in own(address).url
    assert "somebody" not in HeaderSolr(address).url


def test_new_threads_still_have_a_context_of_their_own():
    """Fails when Python gives a new thread its starter's context: then the guard need not."""
    told = contextvars.ContextVar("told", default="nothing")
    told.set("something")
    heard: list[str] = []
    thread = threading.Thread(target=lambda: heard.append(told.get()))
    thread.start()
    thread.join()
    assert heard == ["nothing"]


def test_the_loader_still_reports_over_http():
    """Fails when ckanext-xloader reports in its own process: then it needs no token by itself."""
    assert "requests.post" in source_of("ckanext.xloader.jobs.callback_xloader_hook")


def test_ckan_still_loads_itself_for_each_job():
    """Fails when CKAN's worker begins a job at once: then ours need not skip its method."""
    assert "load_environment" in source_of("ckan.lib.jobs.Worker.main_work_horse")


# Templates.


def test_our_templates_need_no_change():
    """A template of the project has no script of its own to take out."""
    ours = [
        path
        for root in ("ckanext-mxcity", "ckanext-sniegharvest")
        for path in (REPOSITORY / root).rglob("*.html")
    ]
    assert ours
    assert [path for path in ours if templates.changes_of(path.read_text("utf-8"))] == []


def test_templates_that_are_changed_are_as_recorded():
    """Fails when upstream cleans a template, or writes a script in another one."""
    page = (REPOSITORY / "docs" / "reference" / "patches.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in page.partition("## Templates")[2].splitlines()]
    recorded = {row[1].strip(" `"): row[2].strip() for row in rows if len(row) == 4}
    found = {path: "; ".join(kinds) for path, kinds in templates.changed().items()}
    assert found
    assert {path: what for path, what in recorded.items() if path.endswith(".html")} == found


@pytest.mark.parametrize("path", sorted(templates.changed()))
def test_a_change_of_a_template_is_known_by_its_kind(path: str):
    """Each changed template is changed in a way that the page has a word for."""
    assert templates.changed()[path]
