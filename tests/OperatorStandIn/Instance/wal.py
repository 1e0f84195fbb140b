"""archive_command and restore_command. Whatever goes wrong ends with exit code 1, which PostgreSQL reads as "no such WAL file"."""
import contextlib
import json
import os
import pathlib
import time

import log
from settings import CHECK_MARKER, CONTROLLER, PGDATA, SETTINGS, Failure
from store import Store

ARCHIVE_ERROR = pathlib.Path(CONTROLLER, "archive-error.json")


def archive(path):
    destination = Store.find("destination")
    if destination is None:
        log.info("Backup not configured, skip WAL archiving via Barman Cloud", logger="wal-archive", walName=path)
        return
    try:
        marker = pathlib.Path(CHECK_MARKER)
        if marker.exists() and SETTINGS["checkEmptyWalArchive"]:
            destination.check_wal_archive()
        started = time.monotonic()
        code = destination.run("barman-cloud-wal-archive", destination.compression("wal"), [os.path.join(PGDATA, path)])
        if code != 0:
            raise Failure(f"unexpected failure invoking barman-cloud-wal-archive: exit status {code}")
        marker.unlink(missing_ok=True)
    except Failure as failure:
        # Another process reads it.
        new = ARCHIVE_ERROR.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps(str(failure)))
        new.rename(ARCHIVE_ERROR)
        log.error("failed to run wal-archive command", failure, logger="wal-archive", walName=path)
        raise
    with contextlib.suppress(FileNotFoundError):
        ARCHIVE_ERROR.unlink()
    log.info("Archived WAL file", logger="wal-archive", walName=path, elapsedWalTime=f"{time.monotonic() - started:.3f}s")


def restore(name, path):
    source = Store("source")
    code = source.run("barman-cloud-wal-restore", arguments=[name, os.path.join(PGDATA, path)], **_fault(name))
    if code != 0:
        log.info("WAL file not found in the recovery object store", logger="wal-restore", walName=name, exitCode=code)
        raise Failure(f"WAL file {name} was not restored: exit status {code}")
    log.info("Restored WAL file", logger="wal-restore", walName=name)


def _fault(name):
    """An object store that cannot be reached any more from a WAL file on: the proxy of these requests does not exist."""
    first = SETTINGS["failWalRestoreFrom"]
    if first is None or name < first:
        return {}
    nowhere = "http://127.0.0.1:1"
    return {"http_proxy": nowhere, "https_proxy": nowhere, "no_proxy": "", "AWS_MAX_ATTEMPTS": "1"}
