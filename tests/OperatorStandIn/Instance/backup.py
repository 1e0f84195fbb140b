"""Base backups of this instance, one thread each (pkg/management/postgres/backup.go)."""
import datetime
import threading
import time

import catalog
import log
import wal
from postgres import connected
from settings import SOCKETS, Failure
from store import Store

_states = {}


def begin(name):
    """name: of the Backup resource. Beginning what was begun changes nothing."""
    if name not in _states:
        _states[name] = {"phase": "running", "backupName": f"backup-{datetime.datetime.utcnow():%Y%m%d%H%M%S}"}
        threading.Thread(target=_run, args=(_states[name],), daemon=True).start()
    return _states[name]


def state(name):
    """Phase and, when completed, what the catalogue says; unknown to a restarted instance."""
    return _states.get(name) or {"phase": "failed", "error": "the instance was restarted while the backup ran"}


def _run(state):
    try:
        destination = Store("destination")
        _wait_for_archiving(state)
        log.info("Backup started", backupName=state["backupName"])
        # The checkpoint never waits, unlike the operator's default: a test has no minutes for it.
        options = ["--user", "postgres", "--host", SOCKETS, "--name", state["backupName"], "--immediate-checkpoint", *destination.compression("data")]
        code = destination.run("barman-cloud-backup", options)
        if code != 0:
            raise Failure(f"exit status {code}")
        backups = catalog.read(destination)
        log.info("Backup completed", backupName=state["backupName"])
        state |= _described(next(backup for backup in reversed(backups) if backup.get("backup_name") == state["backupName"]), backups)
    except Exception as failure:
        # Whatever it is: a backup without an end would be waited for.
        log.error("Backup failed", failure)
        state |= {"error": str(failure), "phase": "failed"}


def _described(taken, backups):
    return {
        "backupId": taken["backup_id"], "beginWal": taken["begin_wal"], "endWal": taken["end_wal"],
        "beginLSN": taken["begin_xlog"], "endLSN": taken["end_xlog"], "timeline": taken["timeline"],
        "startedAt": _rfc3339(catalog.began(taken)), "stoppedAt": _rfc3339(catalog.ended(taken)),
        "firstRecoverabilityPoint": _rfc3339(catalog.ended(backups[0])), "catalog": [backup["backup_id"] for backup in backups],
        "phase": "completed",
    }


def _wait_for_archiving(state):
    """A backup is worth nothing without WAL: the first WAL file must have been archived, and the last attempt must have succeeded."""
    switched = False
    while True:
        with connected() as cursor:
            cursor.execute("SELECT archived_count FROM pg_stat_archiver")
            archived = cursor.fetchone()[0]
            if wal.ARCHIVE_ERROR.exists():
                state["phase"] = "walArchivingFailing"
            elif archived > 0:
                state["phase"] = "running"
                return
            if not switched:
                log.info("Triggering the first WAL file archiving")
                cursor.execute("CHECKPOINT")
                cursor.execute("SELECT pg_switch_wal()")
                switched = True
        time.sleep(0.2)


def _rfc3339(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
