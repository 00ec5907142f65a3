"""The nginx of an instance: it stands before the portal, and waits for slow visitors in its place.

What it cannot know beforehand (sizes of files, the operator's own proxies) is read from CKAN's
configuration, so that ``local.ini`` decides for both.
"""

from __future__ import annotations

import html
import json
import os
import re
from contextlib import suppress
from pathlib import Path
from string import Template

from . import system
from .instance import REPOSITORY, Instance, write_private

TEMPLATE = REPOSITORY / "deploy" / "nginx" / "portal.conf.template"
START = TEMPLATE.with_name("start.sh")
#: What a form holds beside its file, in MB; as in ckanext.mxcity.guard.config.
FORM_MARGIN_MB = 10
#: What the proxy says by itself, in the language of the portal.
SENTENCES = {
    "403": (
        "Inicia sesión para enviar archivos",
        "Solo quien ha iniciado sesión puede enviar más de 1 MB. Inicia sesión y repite el envío.",
    ),
    "413": (
        "Archivo demasiado grande",
        "El archivo supera el límite de {limit} MB. Es posible comprimirlo, dividirlo o publicar "
        "un enlace.",
    ),
    "429": (
        "Demasiadas peticiones a la vez",
        "Desde tu conexión o en todo el portal hay demasiadas peticiones en curso. "
        "Espera unos segundos y repite la tuya.",
    ),
    "503": (
        "El portal no responde por ahora",
        "El portal está arrancando o tarda demasiado. Espera unos segundos e inténtalo de nuevo.",
    ),
}
_PAGE = (
    '<!doctype html><html lang="es"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>{title}</title>'
    "<h1>{title}</h1><p>{text}</p></html>\n"
)


class _Template(Template):
    """Text with ``%{name}``: a dollar sign is nginx's own."""

    delimiter = "%"


def folder(instance: Instance) -> Path:
    """Return where its configuration, pages and temporary files are."""
    return instance.folder / "proxy"


def socket(instance: Instance, name: str) -> Path:
    """Return the socket of a server for the proxy; only the portal's user may open it."""
    return instance.run_folder() / f"{name}.sock"


def command(instance: Instance) -> list[str]:
    """Return the command that runs it in the foreground, in place of what a killed one left."""
    return ["sh", str(START), system.nginx() or "nginx", str(folder(instance))]


def processes(instance: Instance) -> list[int]:
    """Return the pids of the processes: nginx overwrites its arguments, but not its folder."""
    place, found = folder(instance).resolve(), []
    for process in Path("/proc").iterdir():
        with suppress(OSError):
            named = (process / "comm").read_text("utf-8") == "nginx\n"
            if named and Path(os.readlink(process / "cwd")) == place:
                found.append(int(process.name))
    return found


def write_configuration(instance: Instance) -> str:
    """Write configuration and pages from CKAN's configuration; returns the configuration."""
    place, options = folder(instance), _options(instance.ini)
    for made in (place, place / "tmp", place / "pages"):
        made.mkdir(mode=0o700, exist_ok=True)
    files = place / "files"
    files.unlink(missing_ok=True)
    if storage := options.get("ckan.storage_path"):
        files.symlink_to(storage.replace("%%", "%"))
    compiled = place / "assets"
    compiled.unlink(missing_ok=True)
    if made_at := options.get("ckan.webassets.path"):
        compiled.symlink_to(made_at.replace("%%", "%"))
    limit = _largest_body(options)
    _write_pages(place / "pages", limit)
    text = _Template(TEMPLATE.read_text("utf-8")).substitute(
        user="user root;" if os.geteuid() == 0 else "",
        web=_quoted(socket(instance, "web")),
        downloads=_quoted(socket(instance, "downloads")),
        host=instance.state.get("host", "127.0.0.1"),
        port=instance.port("web"),
        body=f"{limit}m",
        assets_url=options.get("ckan.webassets.url", "/webassets").rstrip("/"),
        **_names(options),
        **_addresses(int(options.get("ckanext.mxcity.guard.trusted_proxies") or 0)),
    )
    write_private(place / "nginx.conf", text)
    return text


def _options(ini: Path) -> dict[str, str]:
    """Return the options of CKAN's configuration that stand on one line."""
    return dict(
        re.findall(r"^([\w.]+)[ \t]*=[ \t]*(.*?)[ \t]*$", ini.read_text("utf-8"), re.MULTILINE)
    )


def _largest_body(options: dict[str, str]) -> int:
    """Return the largest body in MB, as the portal itself reckons it."""
    if given := int(options.get("ckanext.mxcity.guard.max_body_mb") or 0):
        return given
    sizes = (options.get(f"ckan.max_{kind}_size") or 0 for kind in ("resource", "image"))
    return max(map(int, sizes)) + FORM_MARGIN_MB


def _names(options: dict[str, str]) -> dict[str, str]:
    """Return where a request says who asks: cookies of a session, headers of a token."""
    cookies = (options.get("SESSION_COOKIE_NAME") or "ckan", "remember_token")
    header = (options.get("apitoken_header_name") or "Authorization").lower().replace("-", "_")
    headers = sorted({"authorization", header})
    return {
        "cookies": "|".join(map(re.escape, cookies)),
        "named": "$http_cookie|" + "".join(f"$http_{name}" for name in headers),
    }


def _addresses(proxies: int) -> dict[str, str]:
    """Return the rules that find a visitor's address behind so many proxies, and pass it on.

    Without one, what a visitor says of its own address is left out.
    """
    forwarded, scheme = "$remote_addr", "$scheme"
    visitor = "map $remote_addr $visitor {\n        default $remote_addr;\n    }"
    if proxies:
        nearer = rf"(?:\s*,\s*[^,\s]+){{{proxies - 1}}}"
        visitor = (
            "map $http_x_forwarded_for $visitor {\n        default $remote_addr;\n"
            rf'        "~(?<seen>[^,\s]+){nearer}\s*$" $seen;' + "\n    }"
        )
        forwarded, scheme = "$proxy_add_x_forwarded_for", '"$http_x_forwarded_proto, $scheme"'
    return {
        "visitor": visitor,
        "forwarded": "proxy_set_header Host $http_host;\n"
        "    proxy_set_header Connection close;\n"
        f"    proxy_set_header X-Forwarded-For {forwarded};\n"
        f"    proxy_set_header X-Forwarded-Proto {scheme};",
    }


def _quoted(path: Path) -> str:
    """Return a path within quotes of nginx."""
    return str(path).replace("\\", "\\\\").replace('"', '\\"')


def _write_pages(place: Path, limit: int) -> None:
    """Write what the proxy says by itself: a page for people, JSON for programs."""
    for code, (title, sentence) in SENTENCES.items():
        text = sentence.format(limit=limit)
        page = _PAGE.format(title=html.escape(title), text=html.escape(text))
        (place / f"{code}.html").write_text(page, "utf-8")
        answer = {"success": False, "error": {"__type": title, "message": text}}
        (place / f"{code}.json").write_text(json.dumps(answer, ensure_ascii=False) + "\n", "utf-8")
