"""Patches of the web application, of mail, logs, sessions and of the connection to Solr."""

from __future__ import annotations

from .register import Patch

PATCHES = (
    Patch(
        where="ckanext.mxcity.guard.csrf",
        how="replaces",
        targets=(
            "ckan.config.middleware.flask_app.csrf",
            "flask_wtf.csrf.CSRFProtect.exempt",
            "flask_wtf.csrf.CSRFProtect._is_exempt",
        ),
        beside=("ckan.config.middleware.flask_app.ckan_before_request",),
        why="An exemption from the check of forms that is given during a request ends with it.",
        check="whether CKAN limits its exemptions to one request by itself; then drop the module",
        since="ckan 2.12.0",
        issues=("https://github.com/ckan/ckan/pull/6863",),
    ),
    Patch(
        where="ckanext.mxcity.guard.sessions",
        how="overrides",
        targets=(
            "flask_session.base.ServerSideSessionInterface.open_session",
            "flask_session.redis.redis.RedisSessionInterface._retrieve_session_data",
            "flask_session.redis.redis.RedisSessionInterface._delete_session",
            "flask_session.redis.redis.RedisSessionInterface._upsert_session",
            "ckan.config.middleware.common_middleware.CKANRedisSessionInterface",
        ),
        beside=(
            "flask_session.base.ServerSideSessionInterface._generate_sid",
            "flask_session.base.ServerSideSessionInterface._get_store_id",
            "flask_session.base.ServerSideSessionInterface.save_session",
            "ckan.config.middleware.flask_app.CKANJsonSessionSerializer",
            "flask.app.Flask.session_interface",
        ),
        names=("session_interface",),
        why=(
            "Sessions have a life of their own length, get a new name at sign-in and sign-out, and "
            "visitors read on as anonymous without Redis."
        ),
        check=(
            "that the interface still asks for, writes and deletes a session by these methods, and "
            "whether it renews names by itself"
        ),
        since="flask-session 0.8.0",
    ),
    Patch(
        where="ckanext.mxcity.guard.solr_account",
        how="replaces",
        targets=("pysolr.Solr",),
        beside=("ckan.lib.search.common.make_connection",),
        why="The account of Solr travels in a header, so that no address quotes it.",
        check="whether CKAN gives pysolr the account apart from the address",
        since="ckan 2.12.0",
        issues=("https://github.com/django-haystack/pysolr/issues/29",),
    ),
    Patch(
        where="ckanext.mxcity.guard.index.connection",
        how="wraps",
        targets=("pysolr.Solr", "pysolr.Solr._send_request"),
        beside=("ckan.lib.search.common.make_connection",),
        why=(
            "A Solr that does not answer is not asked again for some seconds, and an index that is "
            "not there is told apart from a question that Solr does not understand."
        ),
        check=(
            "that every request of pysolr passes this method, and that its errors begin as the "
            "module expects"
        ),
        since="pysolr 3.11.0",
        issues=(
            "https://github.com/ckan/ckan/pull/8094",
            "https://github.com/ckan/ckan/pull/8243",
        ),
    ),
    Patch(
        where="ckanext.mxcity.guard.index.compare",
        how="calls",
        targets=("pysolr.Solr._send_request",),
        why="The index is asked which fields its schema has.",
        check="whether pysolr asks for the schema by a public method",
        since="pysolr 3.11.0",
    ),
    Patch(
        where="ckanext.mxcity.guard.index.query",
        how="replaces",
        targets=(
            "ckan.lib.search._QUERIES",
            "ckan.lib.search.PackageSearchQuery",
            "ckan.lib.search.query.PackageSearchQuery.run",
        ),
        beside=("ckan.lib.search.query_for", "ckan.lib.dictization.model_dictize.search"),
        why="Pages that PostgreSQL knows whole go on while the search index is away.",
        check=(
            "that CKAN finds its query for datasets by these names only, and that the query keeps "
            "its results, count and facets as attributes"
        ),
        since="ckan 2.12.0",
        issues=("https://github.com/ckan/ckan/pull/8094",),
    ),
    Patch(
        where="ckanext.mxcity.guard.arguments",
        how="wraps",
        targets=("ckan.views.api.get_action",),
        beside=("ckan.views.api.action",),
        why=(
            "What a program sends to an action is compared with the action's docstring, and "
            "refused by the argument's name."
        ),
        check="that the view of the API still looks for its action by this name",
        since="ckan 2.12.0",
    ),
    Patch(
        where="ckanext.mxcity.guard.loading",
        how="wraps",
        targets=("ckanext.xloader.jobs._download_resource_data",),
        beside=("ckanext.xloader.jobs.xloader_data_into_datastore_",),
        why=(
            "The loader's download goes through the guarded sockets, takes uploads from where "
            "they are kept, and notes the SHA-256 of what it fetched."
        ),
        check="the arguments and the result of the download, and who else calls it",
        since="ckanext-xloader 2.6.0",
        issues=("https://github.com/ckan/ckanext-xloader/issues/226",),
    ),
    Patch(
        where="ckanext.mxcity.guard.tokenless",
        how="replaces",
        targets=(
            "ckanext.xloader.jobs.callback_xloader_hook",
            "ckanext.xloader.jobs._get_user_from_key",
        ),
        beside=(
            "ckanext.xloader.jobs.get_tmp_file",
            "ckanext.xloader.jobs.max_content_length",
            "ckanext.xloader.jobs.xloader_data_into_datastore",
            "ckanext.xloader.action.xloader_hook",
        ),
        why="The loader reports in its own process, so that no token has to exist for it.",
        check="whether the loader works without HTTP and without a token by itself",
        since="ckanext-xloader 2.6.0",
        issues=(
            "https://github.com/ckan/ckanext-xloader/issues/226",
            "https://github.com/ckan/ckanext-xloader/issues/184",
        ),
    ),
    Patch(
        where="ckanext.mxcity.guard.outgoing",
        how="replaces",
        targets=("ckanext.resourceproxy.blueprint.requests",),
        beside=("ckanext.resourceproxy.blueprint.proxy_resource",),
        why="The resource proxy, where a city turns it on, connects to public addresses only.",
        check="that the proxy still fetches by requests.head and requests.get",
        since="ckan 2.12.0",
    ),
    Patch(
        where="ckanext.mxcity.guard.mail",
        how="replaces",
        targets=(
            "ckan.lib.mailer.smtplib",
            "ckan.config.middleware.flask_app._setup_error_mail_handler",
        ),
        beside=("ckan.lib.mailer._mail_recipient",),
        why=(
            "The mail server's certificate is checked, a silent server is waited for half a "
            "minute, and reports of errors hold the time, the place and the trace."
        ),
        check="that CKAN sends every mail through mailer.smtplib.SMTP, and what its reports hold",
        since="ckan 2.12.0",
    ),
    Patch(
        where="ckanext.mxcity.guard.logs",
        how="replaces",
        targets=("logging.setLogRecordFactory",),
        why="Each record of the log is one line, whatever its arguments hold.",
        check="that no other plugin sets a factory of its own",
        since="Python 3.11",
    ),
    Patch(
        where="ckanext.mxcity.guard.reset",
        how="replaces",
        targets=(
            "ckan.views.user.RequestResetView.get",
            "ckan.views.user.RequestResetView.post",
            "ckan.views.user.RequestResetView._send_notification",
            "ckan.views.user.PerformResetView",
        ),
        beside=(
            "ckan.config.middleware.flask_app.make_flask_stack",
            "flask.sansio.app.App.add_url_rule",
        ),
        names=("view_functions", "_wsgi_app"),
        why="The page of a forgotten password answers at once; a job writes the letter.",
        check="the steps and texts of CKAN's page, repeated here, and who sends the letter",
        since="ckan 2.12.0",
    ),
    Patch(
        where="ckanext.mxcity.guard.templates",
        how="overrides",
        targets=("jinja2.compiler.CodeGenerator.visit_Call", "jinja2.ext.Extension.preprocess"),
        beside=(
            "jinja2.environment.Environment.code_generator_class",
            "flask.sansio.app.App.jinja_env",
        ),
        names=("jinja_env",),
        why=(
            "Templates are compiled without scripts of their own (the list is at the end of this "
            "page), and a value that is translated stays a value."
        ),
        check="that Jinja hands every template to preprocess, and each call to visit_Call",
        since="jinja2 3.1.6",
    ),
    Patch(
        where="ckanext.mxcity.guard.web",
        how="calls",
        targets=("ckan.lib.webassets_tools.include_asset",),
        names=("_webassets",),
        why="An error page that is written after another page still gets its styles.",
        check="where CKAN notes which styles and scripts a page has",
        since="ckan 2.12.0",
    ),
    Patch(
        where="ckanext.mxcity.guard.downloads",
        how="calls",
        targets=("werkzeug.wsgi._RangeWrapper", "werkzeug.wsgi.FileWrapper"),
        names=("iterable", "file"),
        why="The portal's proxy sends a stored file; the path is that of the file in the answer.",
        check="where Werkzeug keeps the file of an answer",
        since="werkzeug 3.1.8",
    ),
    Patch(
        where="accounts",
        how="calls",
        targets=("ckan.config.middleware.flask_app.make_flask_stack",),
        names=("_wsgi_app",),
        why="Accounts are made in one start of CKAN, within its application.",
        check="how CKAN's own command line reaches the Flask application",
        since="ckan 2.12.0",
    ),
)
