"""What is written for CKAN, Redis and the supervisor."""

from __future__ import annotations

import shlex
from configparser import ConfigParser
from pathlib import Path

import pytest
from portalctl import processes, proxy, redis, solr
from portalctl.ckan import Ckan, city_profile, with_local
from portalctl.errors import PortalError
from portalctl.instance import SECRET_NAMES, Instance
from portalctl.processes import Process
from portalctl.supervisor import Supervisor
from redis import ConnectionPool
from supervisor.options import ServerOptions


def read_ini(instance: Instance) -> ConfigParser:
    Ckan(instance, Path("/venv/bin")).write_ini()
    parser = ConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(instance.ini, "utf-8")
    return parser


def test_ini_keeps_paths_and_secrets(instance: Instance):
    """A path with spaces, brackets and ñ arrives whole, and the three secrets differ."""
    options = read_ini(instance)["app:main"]
    assert options["ckan.storage_path"] == str(instance.folder / "storage")
    secrets = {
        options["SECRET_KEY"],
        options["WTF_CSRF_SECRET_KEY"],
        options["api_token.jwt.encode.secret"],
    }
    assert len(secrets) == 3
    assert instance.ini.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("demo", [True, False])
def test_demo_plugin_is_loaded_with_the_demo_only(instance: Instance, demo: bool):
    """The guard comes first, and the demonstration's plugin only where it is wanted."""
    instance.state["demo"] = demo
    plugins = read_ini(instance)["app:main"]["ckan.plugins"].split()
    assert plugins[0] == "mxcity_guard"
    assert ("mxcity_demo" in plugins) is demo
    assert plugins.index("mxcity") < plugins.index("mxcity_schemas")


@pytest.mark.parametrize(
    ("city", "zone"), [("monterrey", "America/Monterrey"), ("leon", "America/Mexico_City")]
)
def test_title_and_time_zone_are_the_citys(instance: Instance, city: str, zone: str):
    """What CKAN has to know of the city comes from its profile."""
    instance.state["city"] = city
    options = read_ini(instance)["app:main"]
    assert options["ckan.display_timezone"] == zone
    assert options["ckan.site_title"].startswith("Datos Abiertos ")
    assert Path(options["ckanext.mxcity.city_profile"]).name == f"{city}.yaml"


def test_own_options_replace_ours(instance: Instance):
    """An option in local.ini wins and stands once in the file, or CKAN would not read it."""
    (instance.folder / "local.ini").write_text("ckan.site_title = Otro\nx.y = 1\n", "utf-8")
    options = read_ini(instance)["app:main"]
    assert options["ckan.site_title"] == "Otro"
    assert options["x.y"] == "1"
    assert with_local("text", instance.folder / "none.ini") == "text"


def test_same_configuration_is_not_written_again(instance: Instance):
    """An unchanged configuration restarts nothing."""
    ckan = Ckan(instance, Path("/venv/bin"))
    assert ckan.write_ini()
    assert not ckan.write_ini()


def test_unknown_city_lists_the_known():
    """A city without a profile is answered with those that have one."""
    with pytest.raises(PortalError, match="no profile for the city 'atlantis'") as failure:
        city_profile("atlantis")
    assert "leon, monterrey" in failure.value.remedy


def test_supervisor_runs_commands_with_any_character(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
):
    """Spaces, quotes and percent signs in commands and folders reach supervisord as they are."""
    words = ["/bin/echo", "100%", "it's", '"quoted"', "--env", f"X={instance.ini}"]
    supervisor = Supervisor(instance)
    supervisor.write([Process("web", words)])
    monkeypatch.chdir(instance.folder)
    read = ServerOptions()
    read.realize(["-c", str(supervisor.configuration)])
    program = read.process_group_configs[0].process_configs[0]
    assert shlex.split(program.command) == words
    assert Path(program.stdout_logfile).resolve() == instance.log("web")
    assert program.autorestart
    assert read.logfile == str(instance.log("supervisor"))
    assert read.server_configs[0]["file"] == str(supervisor.socket)
    assert supervisor.configuration.stat().st_mode & 0o077 == 0


def test_every_process_listens_on_loopback(instance: Instance):
    """No server is reachable from another machine unless told otherwise."""
    instance.state["ports"].update(postgres=1, solr=3)
    assert {"--port", "0", "--unixsocket"} <= set(redis.command(instance))
    assert "127.0.0.1" in solr.command(instance)
    for command in (processes.web_command, processes.downloads_command):
        bound = command(instance, Path("/venv/bin"))
        assert bound[bound.index("--bind") + 1].startswith("unix:")
    instance.ini.write_text("[app:main]\n")
    assert "listen 127.0.0.1:5000;" in proxy.write_configuration(instance)
    instance.state["host"] = "0.0.0.0"
    assert "listen 0.0.0.0:5000;" in proxy.write_configuration(instance)


def redis_lines(instance: Instance) -> list[str]:
    redis.write_configuration(instance)
    return (instance.folder / "redis" / "redis.conf").read_text("utf-8").splitlines()


def test_redis_keeps_queues_and_asks_for_a_password(instance: Instance):
    """Queued work is written to disk, and nobody reads it without the password."""
    lines = redis_lines(instance)
    assert "appendonly yes" in lines
    assert f"requirepass {instance.secret('redis')}" in lines
    made = ConnectionPool.from_url(redis.url(instance)).connection_kwargs
    assert made["path"] == str(redis.socket_path(instance))
    assert (made["db"], made["socket_timeout"]) == (0, 3600)
    assert made["password"] == instance.secret("redis")


def test_solr_asks_for_a_password(instance: Instance):
    """The password is in a file that its owner alone can read, and on no command line."""
    solr.write_credentials(instance)
    place = solr.credentials(instance)
    assert place.read_text("utf-8").strip() == f"{solr.USER}:{instance.secret('solr')}"
    assert place.stat().st_mode & 0o077 == 0
    assert str(place) in solr.command(instance)
    options = read_ini(instance)["app:main"]
    assert (options["solr_user"], options["solr_password"]) == (
        solr.USER,
        instance.secret("solr"),
    )


def test_no_secret_is_on_a_command_line(instance: Instance):
    """A command line can be read by every user of the machine."""
    started = [*processes.infrastructure(instance), *processes.application(instance, Path("/b"))]
    lines = " ".join(part for process in started for part in process.command)
    known = [instance.secret(name) for name in SECRET_NAMES]
    assert not [secret for secret in known if secret in lines]
