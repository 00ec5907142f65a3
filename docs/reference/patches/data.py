"""Patches of the dataset, of search, and of tables and files."""

from __future__ import annotations

from .register import Patch

PATCHES = (
    Patch(
        where="ckanext.mxcity.dataset.plugin",
        how="overrides",
        targets=(
            "ckanext.scheming.plugins._SchemingMixin.update_config",
            "ckanext.scheming.plugins._expand_schemas",
        ),
        beside=("ckanext.scheming.plugins._load_schemas",),
        names=("_schema_urls", "_schemas", "_expanded_schemas"),
        why="A type of dataset extends the plain one, and names only what is its own.",
        check="whether ckanext-scheming lets a schema extend another",
        since="ckanext-scheming 3.1.0",
        issues=("https://github.com/ckan/ckanext-scheming/pull/308",),
    ),
    Patch(
        where="ckanext.mxcity.exchange.dcat.profile",
        how="overrides",
        targets=("ckanext.dcat.profiles.base.RDFProfile._parse_geodata",),
        why="A geometry that is a node of its own is read, too.",
        check="whether the profile reads geometries that are nodes",
        since="ckanext-dcat 2.4.4",
    ),
    Patch(
        where="ckanext.mxcity.catalogue.feeds",
        how="replaces",
        targets=("ckan.views.feed._feed_url", "ckan.views.feed._navigation_urls"),
        beside=("ckan.views.feed.custom", "ckan.views.feed.general"),
        why="A feed leads to its next page, and keeps what it was asked for.",
        check="whether the next page of a feed is the next one",
        since="ckan 2.12.0",
    ),
    Patch(
        where="ckanext.mxcity.catalogue.group_counts",
        how="wraps",
        targets=("ckan.lib.dictization.model_dictize.get_group_dataset_counts",),
        beside=("ckan.logic.action.get._group_or_org_list",),
        why="Organizations count their datasets of every type, and no sources of a harvest.",
        check="whether CKAN counts the types of dataset that a site has",
        since="ckan 2.12.0",
    ),
    Patch(
        where="ckanext.mxcity.catalogue.view_counts",
        how="replaces",
        targets=(
            "ckanext.tracking.plugin.TrackingPlugin.after_dataset_search",
            "ckanext.tracking.plugin.TrackingPlugin.after_dataset_show",
            "ckanext.tracking.plugin.TrackingPlugin.make_middleware",
        ),
        beside=(
            "ckanext.tracking.model.TrackingSummary.get_for_package",
            "ckanext.tracking.model.TrackingSummary.get_for_resource",
            "ckanext.tracking.middleware.track_request",
        ),
        why="Views are asked for with two queries a page, and counted by a page of the portal.",
        check="whether the plugin asks once for all datasets of a page",
        since="ckan 2.12.0",
        issues=(
            "https://github.com/ckan/ckan/issues/8772",
            "https://github.com/ckan/ckan/issues/9323",
        ),
    ),
    Patch(
        where="ckanext.mxcity.search.plugin",
        how="adds to",
        targets=("ckan.lib.search.query.VALID_SOLR_PARAMETERS",),
        beside=("ckan.lib.search.query.PackageSearchQuery.run",),
        why="The words of a question go to Solr in a parameter of their own.",
        check="whether plugins may name parameters of Solr",
        since="ckan 2.12.0",
        issues=("https://github.com/ckan/ckan/pull/4243",),
    ),
    Patch(
        where="ckanext.mxcity.tables.loading",
        how="replaces",
        targets=(
            "ckanext.xloader.loader.load_csv",
            "ckanext.xloader.loader.load_table",
            "ckanext.xloader.loader.create_column_indexes",
            "ckanext.xloader.db.mark_job_as_errored",
        ),
        beside=("ckanext.xloader.jobs.xloader_data_into_datastore_",),
        why=(
            "A file is read, written and checked as by publishing, in the reading room, errors are "
            "sentences, and indexes are committed."
        ),
        check="the arguments and results of the two ways to load, and what is done after them",
        since="ckanext-xloader 2.6.0",
        issues=(
            "https://github.com/ckan/ckanext-xloader/issues/276",
            "https://github.com/ckan/ckanext-xloader/issues/90",
        ),
    ),
    Patch(
        where="ckanext.mxcity.tables.counts",
        how="replaces",
        targets=(
            "ckanext.datastore.backend.postgres.DatastorePostgresqlBackend.clear_table_stats",
            "ckanext.datastore.backend.postgres.DatastorePostgresqlBackend.calculate_record_count",
        ),
        beside=(
            "ckanext.datastore.backend.postgres.search_data",
            "ckanext.datastore.logic.action.datastore_upsert",
        ),
        why=(
            "The number of rows that is kept is never that of before a change: who forgets it "
            "waits for those who are counting, which CKAN's function update_cached_table_row_count "
            "tells with a lock (portalctl.postgres.KEPT_COUNTS)."
        ),
        check="the functions at the end of CKAN's set_permissions.sql, and who calls them",
        since="ckan 2.12.0",
    ),
    Patch(
        where="ckanext.mxcity.tables.copying",
        how="calls",
        targets=(
            "ckanext.xloader.loader._disable_fulltext_trigger",
            "ckanext.xloader.loader._enable_fulltext_trigger",
            "ckanext.datastore.backend.postgres._create_fulltext_trigger",
        ),
        beside=(
            "ckanext.datastore.backend.postgres.create_table",
            "ckanext.datastore.backend.postgres.create_indexes",
            "ckanext.xloader.loader.calculate_record_count",
            "ckanext.xloader.loader.delete_datastore_resource",
        ),
        why=(
            "A checked table is copied in one transaction, with a table of other columns in place "
            "of the one that was there, then indexed as the loader does."
        ),
        check="the order of the loader's and the DataStore's steps, and their transactions",
        since="ckanext-xloader 2.6.0",
    ),
    Patch(
        where="ckanext.mxcity.tables.downloads.dumps",
        how="replaces",
        targets=("ckanext.datastore.blueprint.dump_to",),
        beside=("ckanext.datastore.blueprint.dump",),
        why="A whole table is read by one statement, and is whole before its first byte is sent.",
        check="the arguments of dump_to, and whether CKAN reads a table by one statement",
        since="ckan 2.12.0",
        issues=(
            "https://github.com/ckan/ckan/issues/9027",
            "https://github.com/ckan/ckan/pull/9028",
        ),
    ),
    Patch(
        where="ckanext.mxcity.tables.downloads.cursor",
        how="calls",
        targets=(
            "ckanext.datastore.backend.postgres._where",
            "ckanext.datastore.backend.postgres._get_fields_types",
        ),
        beside=(
            "ckanext.datastore.backend.postgres.validate",
            "ckanext.datastore.backend.postgres.search_data",
        ),
        why="The statement of a download is made of the parts that CKAN's own search is made of.",
        check="how CKAN puts the statement of a search together",
        since="ckan 2.12.0",
        issues=("https://github.com/ckan/ckan/issues/9027",),
    ),
    Patch(
        where="ckanext.mxcity.tables.worker",
        how="overrides",
        targets=(
            "ckan.lib.jobs.Worker.main_work_horse",
            "rq.worker.base.BaseWorker.dequeue_timeout",
            "rq.worker.base.BaseWorker.should_run_maintenance_tasks",
            "rq.worker.base.BaseWorker.run_maintenance_tasks",
            "rq.worker.base.BaseWorker.handle_work_horse_killed",
            "rq.worker.base.BaseWorker.main_work_horse",
        ),
        beside=("ckan.lib.jobs.Worker.execute_job",),
        why=(
            "A job runs in a process that goes on with the CKAN of its worker, and the worker "
            "looks after work that was left behind."
        ),
        check="what CKAN does before a job, and when RQ asks for its maintenance",
        since="ckan 2.12.0",
    ),
    Patch(
        where="ckanext.mxcity.publishing.storing",
        how="overrides",
        targets=("ckan.lib.uploader.ResourceUpload.upload",),
        beside=("ckan.lib.uploader.ResourceUpload.get_path",),
        names=("~",),
        why="A file that a full disk cuts short leaves nothing behind.",
        check="under which name CKAN writes a file that is not whole yet",
        since="ckan 2.12.0",
    ),
    Patch(
        where="ckanext.mxcity.files.drivers",
        how="calls",
        targets=("pyogrio.core._register_drivers",),
        why="GDAL keeps one driver: that of the kind which a file was proved to be.",
        check="whether pyogrio can be told which drivers may open a file",
        since="pyogrio 0.13.0",
    ),
    Patch(
        where="ckanext.mxcity.files.workbooks.xls",
        how="adds to",
        targets=("xlrd.book.Book",),
        beside=("xlrd.formatting.xf_epilogue", "xlrd.compdoc.CompDoc.locate_named_stream"),
        names=("_xf_index_to_xl_type_map", "_sh_abs_posn"),
        why=(
            "Lengths of time are told from days by the style of their cell; what xlrd does not "
            "read of a sheet is found from where the sheet begins."
        ),
        check="how xlrd finds the kind of a cell by its style, and where a sheet begins",
        since="xlrd 2.0.2",
    ),
    Patch(
        where="ckanext.mxcity.room.inside",
        how="replaces",
        targets=("sys.modules", "sys.meta_path", "sys.path"),
        why="The child process of the reading room imports what its task needs, and no more.",
        check="how Python finds the packages of a namespace",
        since="Python 3.11",
    ),
    Patch(
        where="ckanext.mxcity.room.walls",
        how="calls",
        targets=("sys._base_executable",),
        why="The reading room's child runs the interpreter itself, outside of an environment.",
        check="whether Python names the interpreter of an environment by a public attribute",
        since="Python 3.11",
    ),
)
