"""Hardened against questions about who has an account: a forgotten password has one answer.

Whoever asks for a new password is answered before anybody looks for the account; a job does that,
for a name that exists as for one that does not. Where no mail is set up nobody is promised any.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ckan.plugins.toolkit as tk
import click
from ckan import model
from ckan.config.middleware import make_app
from ckan.lib import captcha, mailer
from ckan.views.user import PerformResetView, RequestResetView
from flask import Flask, has_app_context, request
from flask.typing import ResponseReturnValue

log = logging.getLogger(__name__)

PAGE = "user.request_reset"
#: No account and no address is longer.
LONGEST = 254


def install(app: Flask) -> None:
    """Answer the page of forgotten passwords of ``app``."""
    app.view_functions[PAGE] = answer
    app.view_functions["user.perform_reset"] = with_key


def answer() -> ResponseReturnValue:
    """Show the form, or answer whoever sent it: the same for every name."""
    try:
        tk.check_access("request_reset", {"user": tk.current_user.name}, {})
    except tk.NotAuthorized:
        return tk.abort(403, tk._("Unauthorized to request reset password."))
    if not is_mail_set_up():
        tk.h.flash_error(without_mail())
        return tk.render("user/request_reset.html", {"without_mail": True})
    if request.method != "POST":
        return tk.render("user/request_reset.html", {})
    name = request.form.get("user", "").strip()
    try:
        captcha.check_recaptcha(tk.request)
    except captcha.CaptchaError:
        tk.h.flash_error(tk._("Bad Captcha. Please try again."))
        return tk.redirect_to(PAGE)
    if not name:
        tk.h.flash_error(tk._("Email is required"))
        return tk.redirect_to(PAGE)
    tk.enqueue_job(send, [name[:LONGEST]], title="Answer a forgotten password")
    tk.h.flash_success(
        tk._("A reset link has been emailed to you (unless the account specified does not exist)")
    )
    return tk.redirect_to(tk.config.get("ckan.user_reset_landing_page"))


def send(name: str) -> None:
    """Mail the accounts of a name or of an e-mail address their links, in a job."""
    if "@" in name:
        users = model.Session.query(model.User).filter(model.User.email.ilike(_literal(name)))
        found = [user for user in users if user.state == model.State.ACTIVE]
    else:
        user = model.User.get(name)
        found = [user] if user and user.state == model.State.ACTIVE else []
    for account in found:
        try:
            with _application():
                RequestResetView()._send_notification(account)
        except (mailer.MailerException, OSError):
            log.exception("The link for a new password could not be mailed")


def is_mail_set_up() -> bool:
    """Return whether the portal can send letters: it has an address to send them from."""
    return bool(str(tk.config.get("smtp.mail_from") or "").strip())


def without_mail() -> str:
    """Return what to do where no letters are sent."""
    return tk._(
        "This portal does not send mail, so nobody gets a link. Ask the person who runs the portal "
        "for a new password; the administrator of your organisation knows who that is."
    )


def with_key(id: str) -> ResponseReturnValue:
    """Let who has a link choose a password; without an account a link is as wrong as any other."""
    if model.User.get(id) is None:
        return tk.abort(403, tk._("Invalid reset key. Please try again."))
    page: ResponseReturnValue = PerformResetView.as_view("perform_reset")(id=id)  # type: ignore[assignment]  # none of them waits
    return page


@contextmanager
def _application() -> Iterator[None]:
    """Have an application for what writes addresses: a job runs outside of any request."""
    if has_app_context():
        yield
        return
    command = click.get_current_context(silent=True)
    app = command.meta.get("flask_app") if command else None
    with (app or _made()).test_request_context():
        yield


def _made() -> Flask:
    # What CKAN makes is the application in a wrapper for servers, whatever its annotation says.
    wrapper: Any = make_app(tk.config)
    app: Flask = wrapper._wsgi_app
    return app


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
