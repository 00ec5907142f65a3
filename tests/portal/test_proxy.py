"""What the portal's own nginx is told, by the configuration that the portal has."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from portalctl import proxy, system
from portalctl.instance import Instance


def written(instance: Instance, **options: object) -> str:
    """The configuration for a ``ckan.ini`` with these options; nginx has found no fault with it."""
    lines = [f"{name.replace('__', '.')} = {value}" for name, value in options.items()]
    lines.append(f"ckan.storage_path = {instance.folder / 'storage'}")
    instance.ini.write_text("[app:main]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    text = proxy.write_configuration(instance)
    place = proxy.folder(instance)
    done = subprocess.run(
        [system.nginx() or "nginx", "-t", "-p", f"{place}/", "-c", "nginx.conf"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return text


@pytest.mark.parametrize(
    ("options", "limit"),
    [
        ({}, "10m"),
        ({"ckan__max_resource_size": 200, "ckan__max_image_size": 4}, "210m"),
        ({"ckan__max_resource_size": 200, "ckanext__mxcity__guard__max_body_mb": 50}, "50m"),
    ],
)
def test_largest_body_is_the_portals(instance: Instance, options, limit: str):
    """A body that the portal would take is taken, and no larger one."""
    assert f"client_max_body_size {limit};" in written(instance, **options)
    assert f"{limit[:-1]} MB" in (proxy.folder(instance) / "pages" / "413.html").read_text("utf-8")


@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_a_visitor_is_whom_the_operators_proxies_saw(instance: Instance, proxies: int):
    """Of a chain of addresses the one that the farthest proxy of the operator saw counts."""
    text = written(instance, ckanext__mxcity__guard__trusted_proxies=proxies)
    found = re.search(r'"~(.*)" \$seen;', text)
    assert bool(found) is bool(proxies)
    assert ("$proxy_add_x_forwarded_for" in text) is bool(proxies)
    if found:
        pattern = found[1].replace("?<", "?P<")
        seen = ["198.51.100.7", "198.51.100.8"][-proxies:]
        chain = ", ".join(["10.0.0.1", *seen])
        assert re.search(pattern, chain)["seen"] == seen[0]


def test_files_are_found_where_ckan_keeps_them(instance: Instance):
    """The folder of files is linked, whatever its path has in it."""
    written(instance)
    assert (proxy.folder(instance) / "files").resolve() == Path(instance.folder / "storage")


def test_everything_lies_in_the_instance(instance: Instance):
    """Others may not read what the proxy keeps, and it keeps nothing elsewhere."""
    text = written(instance)
    for line in re.findall(r"^\s*(?:\w+_temp_path|pid|root|alias) (.+);$", text, re.MULTILINE):
        assert not line.startswith("/"), line
    assert proxy.folder(instance).stat().st_mode & 0o077 == 0
