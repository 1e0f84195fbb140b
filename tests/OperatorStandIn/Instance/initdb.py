"""The job of a new cluster: <cluster>-1-initdb."""
import pathlib
import subprocess

import database
import log
import postgres
from settings import CHECK_MARKER, PGDATA, SETTINGS, WAL_VOLUME, Failure


def run():
    postgres.free_data_directory()
    wanted = SETTINGS["initdb"]
    options = ["--username", "postgres", "-D", PGDATA, "--no-sync", "--encoding", wanted.get("encoding", "UTF8")]
    options += ["--lc-collate", wanted.get("localeCollate", "C"), "--lc-ctype", wanted.get("localeCType", "C")]
    options += ["--wal-segsize", str(wanted["walSegmentSize"])] if wanted.get("walSegmentSize") else []
    options += ["--data-checksums"] if wanted.get("dataChecksums") else []
    options += ["--waldir", WAL_VOLUME] if SETTINGS["walStorage"] else []
    log.info("Creating new data directory", pgdata=PGDATA, initDbOptions=options)
    result = subprocess.run(["initdb", *options], capture_output=True, text=True)
    log.info(result.stdout, logger="initdb", pipe="stdout")
    if result.returncode != 0:
        raise Failure(f"error while creating the PostgreSQL instance: exit status {result.returncode}: {result.stderr.strip()}")

    postgres.configure(archive_command=postgres.NO_ARCHIVING, listen_addresses="")
    postgres.allow()
    server = postgres.start()
    postgres.wait(server, lambda cursor: True)
    database.ensure_application(wanted["owner"], wanted["database"])
    _execute("postgres", wanted.get("postInitSQL", []))
    _execute("template1", wanted.get("postInitTemplateSQL", []))
    _execute(wanted["database"], wanted.get("postInitApplicationSQL", []))
    postgres.stop(server)
    pathlib.Path(CHECK_MARKER).touch()


def _execute(name, statements):
    for statement in statements:
        with postgres.connected(name) as cursor:
            cursor.execute(statement)
