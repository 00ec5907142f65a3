"""Hardened mail: the server's certificate is checked, and reports of errors carry no headers."""

from __future__ import annotations

import logging
import smtplib
import ssl
from logging.handlers import SMTPHandler
from types import SimpleNamespace
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.config.middleware import flask_app
from ckan.lib import mailer
from flask import Flask, has_request_context, request

_TIMEOUT = 30


class CheckedSMTP(smtplib.SMTP):
    """An SMTP connection with a time limit, whose STARTTLS checks the server's certificate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("timeout", _TIMEOUT)
        super().__init__(*args, **kwargs)

    def starttls(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Encrypt the connection.

        Raises:
            SMTPException: the certificate is not that of the server.

        """
        if not args:
            kwargs.setdefault("context", ssl.create_default_context())
        try:
            return super().starttls(*args, **kwargs)
        except ssl.SSLError as error:
            self.close()
            raise smtplib.SMTPException(
                f"The mail server's certificate is not valid: {error}."
                " Check smtp.server, or install the authority's certificate."
            ) from error

    def quit(self) -> tuple[int, bytes]:
        """Say goodbye, if there is still somebody to hear it."""
        if self.sock is None:
            return (221, b"closed")
        return super().quit()


class CheckedSMTPHandler(SMTPHandler):
    """A log handler that mails through :class:`CheckedSMTP`."""

    def emit(self, record: logging.LogRecord) -> None:
        """Mail one record; a mail that fails is reported by logging's own means."""
        try:
            host, port = self.mailhost, self.mailport or smtplib.SMTP_PORT
            with CheckedSMTP(host, port) as connection:
                if self.secure is not None:
                    connection.starttls()
                if self.username:
                    connection.login(self.username, self.password)
                text = f"Subject: {self.getSubject(record)}\r\n\r\n{self.format(record)}"
                connection.sendmail(self.fromaddr, self.toaddrs, text.encode())
        except Exception:  # noqa: BLE001  a log handler must never raise
            self.handleError(record)


class RequestFilter(logging.Filter):
    """Add to a record what the operator needs to find the request: path, method and address."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Complete ``record`` and let it pass."""
        inside = has_request_context()
        record.url = request.path if inside else "-"
        record.method = request.method if inside else "-"
        record.ip = request.remote_addr if inside else "-"
        return True


def send_errors_by_mail(app: Flask) -> None:
    """Mail the errors of ``app`` to ``email_to``: time, place and trace, without headers."""
    host, _, port = str(tk.config.get("smtp.server") or "localhost").partition(":")
    user = tk.config.get("smtp.user")
    handler = CheckedSMTPHandler(
        mailhost=(host, int(port or smtplib.SMTP_PORT)),
        fromaddr=tk.config.get("error_email_from"),
        toaddrs=[tk.config.get("email_to")],
        subject="Application Error",
        credentials=(user, tk.config.get("smtp.password")) if user else None,
        secure=() if tk.config.get("smtp.starttls") else None,
    )
    handler.setLevel(logging.ERROR)
    handler.addFilter(RequestFilter())
    handler.setFormatter(
        logging.Formatter(
            "Time: %(asctime)s\nURL: %(url)s\nMethod: %(method)s\nIP: %(ip)s\n\n%(message)s"
        )
    )
    app.logger.addHandler(handler)


def install() -> None:
    """Use the checked connection wherever CKAN sends mail."""
    names = {name: getattr(smtplib, name) for name in smtplib.__all__}
    mailer.smtplib = SimpleNamespace(**{**names, "SMTP": CheckedSMTP})  # type: ignore[assignment]
    flask_app._setup_error_mail_handler = send_errors_by_mail
