"""The job of a recovered cluster, <cluster>-1-full-recovery, step by step as CloudNativePG does it (pkg/management/postgres/restore.go)."""
import json
import os
import pathlib
import shutil

import catalog
import database
import log
import postgres
from settings import CHECK_MARKER, CLUSTER, CONTROLLER, MANAGER, PGDATA, SETTINGS, WAL_VOLUME, Failure
from store import Store

PLUGIN_ANSWER = f"{CONTROLLER}/plugin-answer.json"
# Settings that a server in recovery needs at least as high as they were where its WAL was written.
ENFORCED = {
    "max_connections setting": "max_connections",
    "max_wal_senders setting": "max_wal_senders",
    "max_worker_processes setting": "max_worker_processes",
    "max_prepared_xacts setting": "max_prepared_transactions",
    "max_locks_per_xact setting": "max_locks_per_transaction",
}


def run():
    """The container full-recovery."""
    try:
        if SETTINGS["plugin"]:
            _take_from_plugin()
        else:
            postgres.free_data_directory()
            restore()
        _replay()
    except Failure as failure:
        log.error("Error while restoring a backup", failure)
        log.error("restore error", f"while restoring cluster: {failure}")
        raise
    log.info("restore command execution completed without errors")


def run_plugin():
    """The container plugin-barman-cloud. It answers in a file and always ends well, so that full-recovery starts and reports."""
    log.info("Starting barman cloud instance plugin", role="restore")
    answer = {}
    try:
        postgres.free_data_directory()
        restore()
    except Failure as failure:
        log.error("Error while restoring a backup", failure)
        answer["error"] = str(failure)
    pathlib.Path(PLUGIN_ANSWER).write_text(json.dumps(answer))


def restore():
    """Base backup into the data directory, after the destination was found empty and the first WAL file found present."""
    destination = Store.find("destination")
    if destination and SETTINGS["checkDestination"]:
        destination.check_wal_archive()

    source, wanted = Store("source"), SETTINGS["recovery"]
    log.info("Recovering from external cluster", sourceName=wanted.get("source"), serverName=source.server_name)
    backup = wanted.get("backup") or catalog.choose(source, wanted["recoveryTarget"])
    _probe(source, backup["begin_wal"])

    options = source.command("barman-cloud-restore", arguments=[backup["backup_id"], PGDATA])
    log.info("Starting barman-cloud-restore", options=options[1:])
    os.makedirs(PGDATA, mode=0o700)
    code = source.run("barman-cloud-restore", arguments=[backup["backup_id"], PGDATA])
    if code != 0:
        # Network and unexpected errors are worth another attempt on a clean directory (barman-cloud, pkg/command/errors.go).
        if code in (2, 4):
            log.info("Cleaning up data directory", directory=PGDATA)
            shutil.rmtree(PGDATA, ignore_errors=True)
        meanings = {1: "Operation error", 2: "Network error", 3: "CLI argument parsing error", 4: "General error"}
        raise Failure(f"{meanings.get(code, 'Generic failure')} (exit code {code})")
    os.chmod(PGDATA, 0o700)
    log.info("Restore completed")


def _take_from_plugin():
    log.info("Restore through plugin detected, proceeding...")
    answer = json.loads(pathlib.Path(PLUGIN_ANSWER).read_text())
    if "error" in answer:
        raise Failure(f"rpc error: code = Unknown desc = {answer['error']}")


def _probe(source, segment):
    folder = f"{CONTROLLER}/recovery"
    os.makedirs(folder, exist_ok=True)
    test = f"{folder}/test.wal"
    code = source.run("barman-cloud-wal-restore", arguments=[segment, test])
    if code != 0:
        meanings = {1: "WAL not found", 2: "connectivity failure while executing barman-cloud-wal-restore", 3: "invalid WAL name"}
        raise Failure(
            "encountered an error while checking the presence of first needed WAL in the archive: "
            + meanings.get(code, f"generic error while executing barman-cloud-wal-restore, exit status {code}"))
    os.remove(test)


def _replay():
    wanted = SETTINGS["recovery"]
    if SETTINGS["walStorage"]:
        _link_wal_volume()
    postgres.configure(
        archive_command=postgres.NO_ARCHIVING, ssl="off", listen_addresses="", restore_command=f"{MANAGER} wal-restore %f %p",
        recovery_target_action="promote", **_enforced(), **_target(wanted["recoveryTarget"]))
    postgres.allow()
    pathlib.Path(PGDATA, "recovery.signal").touch()
    pathlib.Path(CHECK_MARKER).touch()

    server = postgres.start()
    postgres.wait(server, _promoted)
    database.ensure_application(wanted["owner"], wanted["database"])
    postgres.stop(server)


def _promoted(cursor):
    cursor.execute("SELECT pg_is_in_recovery()")
    in_recovery = cursor.fetchone()[0]
    if in_recovery:
        log.info("Checking if the server is still in recovery", recovery=True)
    return not in_recovery


def _enforced():
    control = postgres.control_data()
    found = {name: int(control[title]) for title, name in ENFORCED.items()}
    return {name: max(value, int(SETTINGS["parameters"].get(name, 0))) for name, value in found.items()}


def _target(target):
    settings = {
        "recovery_target_timeline": target.get("targetTLI"),
        "recovery_target_xid": target.get("targetXID"),
        "recovery_target_name": target.get("targetName"),
        "recovery_target_lsn": target.get("targetLSN"),
        "recovery_target_time": _time(target.get("targetTime")),
        "recovery_target": "immediate" if target.get("targetImmediate") else None,
        "recovery_target_inclusive": "false" if target.get("exclusive") else None,
    }
    return {name: value for name, value in settings.items() if value}


def _time(text):
    """RFC 3339 is rewritten for PostgreSQL; PostgreSQL's own form goes through as it is, even without a zone."""
    return catalog.target_time(text).isoformat(sep=" ", timespec="microseconds") if text and "T" in text else text


def _link_wal_volume():
    wal = pathlib.Path(PGDATA, "pg_wal")
    os.makedirs(WAL_VOLUME, mode=0o700, exist_ok=True)
    if wal.is_dir() and not wal.is_symlink():
        for entry in wal.iterdir():
            shutil.move(str(entry), WAL_VOLUME)
        wal.rmdir()
    wal.symlink_to(WAL_VOLUME)
