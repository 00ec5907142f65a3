"""Mail goes to the server whose certificate is valid, and says no secrets."""

from __future__ import annotations

import logging
import socket
import ssl
import subprocess
import threading

import ckan.plugins.toolkit as tk
import pytest
from ckan.lib import mailer
from ckanext.mxcity.guard import mail

pytestmark = pytest.mark.usefixtures("with_plugins")


@pytest.fixture
def impostor(tmp_path):
    """A mail server with STARTTLS and a certificate that nobody signed; yields what it was told."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
         "/CN=localhost", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    told: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = server.accept()
        connection.sendall(b"220 here\r\n")
        while data := connection.recv(4096):
            told.append(data)
            if data.upper().startswith(b"EHLO"):
                connection.sendall(b"250-here\r\n250 STARTTLS\r\n")
            elif data.upper().startswith(b"STARTTLS"):
                connection.sendall(b"220 go\r\n")
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(certificate, key)
                try:
                    connection = context.wrap_socket(connection, server_side=True)
                except OSError:
                    return
            else:
                connection.sendall(b"250 ok\r\n")

    threading.Thread(target=serve, daemon=True).start()
    yield server.getsockname()[1], told
    server.close()


def test_a_certificate_that_nobody_signed_is_refused(impostor, monkeypatch):
    """No password and no letter reaches a server that is not who it says."""
    port, told = impostor
    for option, value in {
        "smtp.server": f"localhost:{port}",
        "smtp.starttls": True,
        "smtp.user": "portal",
        "smtp.password": "the-password-of-the-portal",
        "smtp.mail_from": "portal@example.mx",
    }.items():
        monkeypatch.setitem(tk.config, option, value)
    with pytest.raises(mailer.MailerException, match="certificate"):
        mailer.mail_recipient("Ana", "ana@example.mx", "Asunto", "Texto")
    heard = b"".join(told)
    assert b"STARTTLS" in heard.upper()
    assert b"AUTH" not in heard.upper()
    assert b"ana@example.mx" not in heard


def test_reports_of_errors_carry_no_headers(app, monkeypatch):
    """The report of an error names the place, and neither cookies nor tokens."""
    monkeypatch.setitem(tk.config, "email_to", "operador@example.mx")
    monkeypatch.setitem(tk.config, "smtp.server", "localhost:2525")
    before = list(app.flask_app.logger.handlers)
    mail.send_errors_by_mail(app.flask_app)
    handler = next(h for h in app.flask_app.logger.handlers if h not in before)
    try:
        headers = {"Cookie": "ckan=the-session", "Authorization": "the-token"}
        with app.flask_app.test_request_context("/dataset/agua", headers=headers):
            record = logging.LogRecord("x", logging.ERROR, "f", 1, "A fault", None, None)
            assert handler.filter(record)
            report = handler.format(record)
    finally:
        app.flask_app.logger.removeHandler(handler)
    assert "/dataset/agua" in report
    assert "A fault" in report
    assert "the-session" not in report
    assert "the-token" not in report
