"""Hardened against scripts, frames and sniffing: every response carries the security headers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.datastructures import Headers

from ckanext.mxcity.guard import config as options

#: What a file given out for download may do if a browser shows it all the same: nothing.
INERT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
#: In the policy of an answer's own: it may be shown in the frame of any page. All others may not.
ANY_FRAME = "frame-ancestors *"

_UNUSED_FEATURES = (
    "accelerometer", "camera", "display-capture", "gyroscope", "magnetometer", "microphone",
    "midi", "payment", "usb",
)  # fmt: skip


def content_security_policy(sources: Iterable[str] = ()) -> str:
    """Return the policy of pages; ``sources`` are further hosts of images and data.

    Scripts come from files of the portal only. Style attributes remain allowed: CKAN's
    pages and the map library set them.
    """
    extra = "".join(f" {source}" for source in sources)
    return "; ".join(
        [
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'",
            f"img-src 'self' data: blob:{extra}",
            "font-src 'self' data:",
            f"connect-src 'self'{extra}",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-src 'self'",
            "frame-ancestors 'self'",
        ]
    )


def security_headers() -> dict[str, str]:
    """Return the headers of every response that does not set its own."""
    headers = {
        "Content-Security-Policy": content_security_policy(options.csp_sources()),
        "Permissions-Policy": ", ".join(f"{name}=()" for name in _UNUSED_FEATURES),
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
    }
    if options.hsts_seconds():
        headers["Strict-Transport-Security"] = f"max-age={options.hsts_seconds()}"
    return headers


class HeadersMiddleware:
    """Add the security headers to whatever the portal answers, errors and files included."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app
        self.headers = security_headers()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with the headers added."""

        def start(status: str, answered: list[tuple[str, str]], *rest: Any) -> Any:
            headers = Headers(answered)
            for name, value in self.headers.items():
                headers.setdefault(name, value)
            if ANY_FRAME in headers["Content-Security-Policy"]:
                del headers["X-Frame-Options"]
            headers.remove("Server")
            return start_response(status, headers.to_wsgi_list(), *rest)

        return self.app(environ, start)
