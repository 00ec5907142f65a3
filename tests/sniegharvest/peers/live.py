"""A portal of ours with a catalogue, on an address of this machine that others can pull from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import make_server


@contextmanager
def running_portal(
    empty_db: Callable[[], None],
    reset_index: Callable[[], None],
    fill: Callable[[], Any],
) -> Iterator[tuple[str, Any]]:
    """Load the plugins, fill the portal and serve it; gives its address and what ``fill`` gave."""
    import ckan.plugins as p
    from ckan.common import config
    from ckan.tests import helpers

    # The address has to be known before CKAN reads it: the server starts with nothing to say.
    box: dict[str, Any] = {}

    def serve(*call: Any) -> Any:
        config["ckan.site_url"] = url  # a test's own fixtures may have read the file anew
        return box["app"](*call)

    server = make_server("127.0.0.1", 0, serve, threaded=True)
    before = {key: config.get(key) for key in ("ckan.site_url", "ckan.plugins")}
    url = config["ckan.site_url"] = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    try:
        p.load_all()
        config["ckan.site_url"] = url  # loading reads the file anew
        empty_db()
        reset_index()
        made = fill()
        box["app"] = helpers._get_test_app().app
        thread.start()
        yield url, made
    finally:
        if thread.is_alive():
            server.shutdown()
        server.server_close()
        config.update(before)
        p.unload_all()
