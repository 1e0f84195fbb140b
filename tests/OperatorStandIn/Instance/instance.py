"""The instance pod <cluster>-1: PostgreSQL, and the web server that the operator asks, on CloudNativePG's port and paths."""
import http.server
import json
import signal
import threading

import psycopg2

import backup
import database
import log
import postgres
import wal
from settings import SETTINGS, Failure

STATUS = """
    SELECT pg_is_in_recovery(), system_identifier::text, pg_walfile_name(pg_current_wal_lsn()), pg_current_wal_lsn()::text,
           archived_count, failed_count, last_archived_wal, last_archived_time::text, last_failed_wal, last_failed_time::text,
           coalesce(last_failed_time > last_archived_time, last_failed_time IS NOT NULL)
    FROM pg_control_system(), pg_stat_archiver
"""


_prepared = threading.Event()


def run():
    postgres.configure()
    postgres.allow("host all all all scram-sha-256")
    server = postgres.start()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: server.send_signal(signal.SIGINT))
    web = http.server.ThreadingHTTPServer(("", 8000), Handler)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    postgres.wait(server, lambda cursor: True)
    application = SETTINGS.get("initdb") or SETTINGS.get("recovery")
    try:
        database.ensure_tablespaces()
        database.set_application_password(application["owner"])
    except (Failure, psycopg2.Error) as failure:
        log.error("Error while reconciling the database", failure)
    _prepared.set()
    code = server.wait()
    postgres.copy_log()
    log.info("postmaster exited", exitStatus=code)
    return code


def status():
    with postgres.connected() as cursor:
        database.keep_superuser_password(cursor)
        cursor.execute(STATUS)
        (in_recovery, system, segment, lsn, archived, failed, last_archived, archived_at, last_failed, failed_at, failing) = cursor.fetchone()
    try:
        error = json.loads(wal.ARCHIVE_ERROR.read_text())
    except FileNotFoundError:
        error = None
    return {
        "isPrimary": not in_recovery, "systemID": system, "timeLineID": int(segment[:8], 16), "currentWAL": segment, "currentLsn": lsn,
        "archivedCount": archived, "failedCount": failed, "lastArchivedWAL": last_archived, "lastArchivedTime": archived_at,
        "lastFailedWAL": last_failed, "lastFailedTime": failed_at, "isArchivingFailing": failing, "archiveError": error,
    }


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            if self.path == "/readyz":
                if not _prepared.is_set():
                    raise Failure("the database is not prepared yet")
                with postgres.connected():
                    self._answer(200, "OK")
            elif self.path == "/pg/status":
                self._answer(200, status())
            elif self.path.startswith("/pg/backup/"):
                self._answer(200, backup.state(self.path.rsplit("/", 1)[1]))
            else:
                self._answer(404, "not found")
        except (psycopg2.Error, Failure) as error:
            self._answer(503, str(error))

    def do_POST(self):
        """Begins a backup for the Backup resource that the path names."""
        self._answer(202, backup.begin(self.path.rsplit("/", 1)[1]))

    def _answer(self, code, body):
        content = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Every second a probe: not worth a line."""
