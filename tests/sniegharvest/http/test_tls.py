"""Certificates are always checked; what a site forgets to send may be given by the operator."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from ckanext.mxcity.ground.errors import ConnectionFailedError
from ckanext.mxcity.net import GuardedClient, Limits, NetworkPolicy

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nhola"


def issue(folder: Path, name: str, issuer: str | None, extensions: str) -> None:
    """Make a key and a certificate with openssl, signed by another, or by itself."""
    made = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", f"/CN={name}", "-keyout", f"{name}.key"]  # fmt: skip
    signed: list[str] = []
    (folder / f"{name}.ext").write_text(extensions)
    if issuer is None:
        options = [option for line in extensions.splitlines() for option in ("-addext", line)]
        made += ["-x509", "-days", "1", "-out", f"{name}.pem", *options]
    else:
        made += ["-out", f"{name}.csr"]
        signed = ["openssl", "x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem",
                  "-CAkey", f"{issuer}.key", "-CAcreateserial", "-days", "1",
                  "-extfile", f"{name}.ext", "-out", f"{name}.pem"]  # fmt: skip
    for command in filter(None, (made, signed)):
        subprocess.run(command, check=True, capture_output=True, cwd=folder)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a root, an authority below it, and a certificate of localhost by that one."""
    folder = tmp_path_factory.mktemp("chain")
    authority = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign"
    issue(folder, "root", None, authority.splitlines()[1])
    issue(folder, "middle", "root", authority)
    issue(folder, "localhost", "middle", "subjectAltName=DNS:localhost")
    return folder


@pytest.fixture
def forgetful(chain: Path) -> Iterator[int]:
    """The port of a site that does not send the certificate of the authority in the middle."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain / "localhost.pem", chain / "localhost.key")
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
                with context.wrap_socket(connection, server_side=True) as secure:
                    secure.recv(4096)
                    secure.sendall(ANSWER)
            except ssl.SSLError:
                continue
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    yield server.getsockname()[1]
    server.close()


def ask(port: int, bundle: Path | None, host: str = "localhost") -> bytes:
    """Fetch from the site, with a bundle of further certificates."""
    client = GuardedClient(
        NetworkPolicy(allow_loopback=True),
        Limits(max_attempts=1),
        ca_bundle=str(bundle) if bundle else None,
    )
    return client.get(f"https://{host}:{port}/", obey_robots=False).content()


def test_a_chain_that_is_cut_is_mended_by_a_bundle(
    forgetful: int, chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system knows the root; with the one in the middle in the bundle, the chain is whole."""
    monkeypatch.setenv("SSL_CERT_FILE", str(chain / "root.pem"))
    with pytest.raises(ConnectionFailedError, match="certificate is not accepted"):
        ask(forgetful, None)
    assert ask(forgetful, chain / "middle.pem") == b"hola"


def test_a_bundle_turns_no_check_off(forgetful: int, chain: Path, tmp_path: Path) -> None:
    """The name still has to be that of the certificate, and the authority a known one."""
    both = tmp_path / "both.pem"
    both.write_text((chain / "root.pem").read_text() + (chain / "middle.pem").read_text())
    assert ask(forgetful, both) == b"hola"
    with pytest.raises(ConnectionFailedError, match="certificate is not accepted"):
        ask(forgetful, both, host="127.0.0.1")
    with pytest.raises(ConnectionFailedError, match="certificate is not accepted"):
        ask(forgetful, chain / "localhost.pem", host="127.0.0.1")
    with pytest.raises(ValueError, match="no file of certificates"):
        ask(forgetful, tmp_path / "absent.pem")
