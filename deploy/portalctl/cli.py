"""The command line of ``./portal``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

from . import logs, postgres, source_types, status
from .console import say, step
from .errors import PortalError
from .instance import Instance
from .supervisor import Supervisor
from .up import Wishes, down, remove_folder, run_ckan, up

PASSED_ON = ("ckan", "test", "bench")
#: Commands that print to be read: they end quietly when the reader (head, less) has enough.
READ = ("status", "logs")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    options, rest = _parse(sys.argv[1:] if arguments is None else arguments)
    if options.command in READ:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        return _run(options, rest)
    except PortalError as error:
        say(f"\n  {error.reason}")
        if error.remedy:
            say(f"  → {error.remedy}")
        return 1
    except KeyboardInterrupt:
        say("\n  Interrupted. Nothing is lost: repeat the command to go on.")
        return 130
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        say(f"\n  The system refused: {error.strerror}{place}")
        say("  → Check space and permissions there, then repeat the command.")
        return 1


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = _parser()
    if arguments[:1] and arguments[0] in PASSED_ON and arguments[1:2] not in (["-h"], ["--help"]):
        own = _own_arguments(arguments)
        return parser.parse_args(arguments[:own]), arguments[own:]
    return parser.parse_args(arguments), []


def _own_arguments(arguments: list[str]) -> int:
    """Return how many arguments are ours where the rest goes to another program as it is."""
    if arguments[1:2] == ["--instance"]:
        return 3
    return 2 if arguments[1:] and arguments[1].startswith("--instance=") else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="portal", description="The open data portal of a Mexican city: one command for all."
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--instance", type=Path, metavar="DIR", help="folder of the instance (.portal/instance)"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, parents=[common])

    start = add("up", "Set up what is missing and start the portal. Safe to repeat.")
    start.add_argument("--city", help="profile in config/cities (monterrey)")
    start.add_argument("--port", type=_port, help="port of the web server (5000)")
    start.add_argument(
        "--no-demo", dest="demo", action="store_const", const=False,
        help="without the demonstration catalogue",
    )  # fmt: skip
    add("down", "Stop the portal. The data stay.")
    state = add("status", "Show each process: state, pid, port, memory, last error.")
    state.add_argument("--json", action="store_true", help="as one JSON object")
    log = add("logs", "Show the logs.")
    log.add_argument("name", nargs="?", help="of one process, or `setup`")
    log.add_argument("-f", "--follow", action="store_true", help="go on showing what is added")
    add("test", "Run lint, types and tests on servers of their own; arguments go to pytest.")
    add("bench", "Measure against stock CKAN: search, page, harvest, load and others. [--json]")
    add("ckan", "Run CKAN's command line in the instance.")
    _add_harvest(add("harvest", "Harvest a catalogue now and print a report."))
    reset = add("reset", "Delete the instance, its data included. Asks first.")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    return parser


def _add_harvest(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", help="address of the catalogue")
    parser.add_argument("--type", required=True, choices=source_types.types(), help="what it is")
    parser.add_argument("--org", required=True, metavar="NAME", help="organisation that gets it")
    parser.add_argument("--title", default="", help="name of a new source (its address)")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument(
        "--allow-loopback", action="store_true", help="let the source be on this machine"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would be done, and change nothing"
    )


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 1 to 65535")
    return int(text)


def _run(options: argparse.Namespace, rest: list[str]) -> int:
    from . import testing

    instance = Instance.open(options.instance)
    match options.command:
        case "up":
            development = os.environ.get("MXCITY_DEVELOPMENT") == "1"  # with the tests' packages
            up(instance, Wishes(options.city, options.port, options.demo, development), announce)
            say(f"\n  The portal is at {instance.state['url']}")
        case "down":
            down(instance)
        case "status":
            found = status.collect(instance)
            print(status.as_json(found) if options.json else status.as_table(found))
        case "logs":
            return logs.show(instance, options.name, options.follow)
        case "test":
            return testing.run_tests(rest)
        case "bench":
            return testing.run_benchmark(rest)
        case "ckan":
            return run_ckan(instance, rest)
        case "harvest":
            require_running(instance)
            return run_ckan(instance, _harvest_arguments(options))
        case "reset":
            reset(instance, options.yes)
    return 0


def require_running(instance: Instance) -> None:
    """Raise PortalError unless the portal is up."""
    instance.require()
    if not Supervisor(instance).is_running():
        raise PortalError(f"the portal in {instance.folder} is not running", "Run: ./portal up")


def announce(password: str) -> None:
    """Show the first administrator's password: the only time that it is shown."""
    print(f"\n  Administrator: admin\n  Password (shown this once): {password}", flush=True)


def _harvest_arguments(options: argparse.Namespace) -> list[str]:
    arguments = ["sniegharvest", "harvest", options.url]
    arguments += ["--type", options.type, "--org", options.org]
    arguments += ["--title", options.title] if options.title else []
    flags = {
        "--json": options.json,
        "--allow-loopback": options.allow_loopback,
        "--dry-run": options.dry_run,
    }
    return arguments + [flag for flag, wanted in flags.items() if wanted]


def reset(instance: Instance, sure: bool) -> None:
    """Stop and delete an instance, after asking unless ``sure``."""
    instance.require()
    if not sure:
        answer = input(f"Delete the portal in {instance.folder} with all its data? [yes/NO] ")
        if answer.strip().lower() != "yes":
            say("  Nothing was deleted.")
            return
    with instance.lock(), step("Deleting the instance"):
        Supervisor(instance).stop()
        postgres.remove(instance)
        run_folder = instance.run_folder()
        if instance.folder not in run_folder.parents:
            remove_folder(run_folder)
        remove_folder(instance.folder)
