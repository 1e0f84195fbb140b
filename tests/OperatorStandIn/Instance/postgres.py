"""The PostgreSQL of this pod: its configuration, its process, and its log as JSON lines."""
import contextlib
import csv
import datetime
import os
import pathlib
import shutil
import signal
import subprocess
import threading
import time

import psycopg2

import log
from settings import CLUSTER, LOGS, MANAGER, PGDATA, SETTINGS, SOCKETS, Failure

# Columns of csvlog in PostgreSQL 14 and later, under the names that CloudNativePG gives them (pkg/management/logpipe).
COLUMNS = (
    "log_time user_name database_name process_id connection_from session_id session_line_num command_tag session_start_time"
    " virtual_transaction_id transaction_id error_severity sql_state_code message detail hint internal_query internal_query_pos context query"
    " query_pos location application_name backend_type leader_pid query_id").split()

# The instance archives what the job leaves. CloudNativePG says "false" here, which costs three seconds of attempts at the end of each job;
# exit codes above 128 make PostgreSQL give up at once.
NO_ARCHIVING = "exit 200"

FIXED = {
    "listen_addresses": "*",
    "port": "5432",
    "cluster_name": CLUSTER,
    "unix_socket_directories": SOCKETS,
    "logging_collector": "on",
    "log_destination": "csvlog",
    "log_directory": LOGS,
    "log_filename": "postgres",
    "log_rotation_age": "0",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Two deviations, for many small servers on one machine that will not lose power.
    "fsync": "off",
    "shared_buffers": "16MB",
}


_shut_down = threading.Event()


def configure(**more):
    """Writes custom.conf anew; what a restored data directory brought along is replaced."""
    values = {**SETTINGS["parameters"], "archive_command": f"{MANAGER} wal-archive %p", **FIXED, **more}
    lines = ["{} = '{}'\n".format(name, str(value).replace("'", "''")) for name, value in sorted(values.items())]
    data = pathlib.Path(PGDATA)
    (data / "custom.conf").write_text("".join(lines))
    (data / "override.conf").write_text("")
    (data / "postgresql.conf").write_text("include 'custom.conf'\ninclude 'override.conf'\n")
    (data / "postgresql.auto.conf").write_text("")
    (data / "pg_ident.conf").write_text("local postgres postgres\n")


def allow(*connections):
    local = "local all all peer map=local\n"
    (pathlib.Path(PGDATA) / "pg_hba.conf").write_text(local + "".join(f"{line}\n" for line in connections))


def control_data():
    result = subprocess.run(["pg_controldata", PGDATA], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    if result.returncode != 0:
        raise Failure(f"while executing pg_controldata: exit status {result.returncode}")
    return dict(line.split(":", 1) for line in result.stdout.splitlines() if ":" in line)


def free_data_directory():
    """What a former attempt left is renamed when it is a data directory, else removed."""
    if not os.path.exists(PGDATA):
        return
    try:
        control_data()
    except Failure as failure:
        log.info("pg_controldata check on existing directory failed, cleaning up folders", pgdata=PGDATA, err=str(failure), out="")
        shutil.rmtree(PGDATA)
        return
    renamed = f"{PGDATA}_{datetime.datetime.utcnow():%Y%m%dT%H%M%SZ}"
    log.info("renaming the existing data directory", pgdata=PGDATA, newName=renamed)
    os.rename(PGDATA, renamed)


def start():
    """The server's process. It writes its log into pipes, which CloudNativePG also lays under the names that PostgreSQL gives its files."""
    pathlib.Path(PGDATA, "postmaster.pid").unlink(missing_ok=True)
    for name, reader in (("postgres.csv", _csv), ("postgres", _stderr)):
        path = os.path.join(LOGS, name)
        # A container before this one has left it.
        if not os.path.exists(path):
            os.mkfifo(path)
        # Opened for writing, too: a pipe without a writer would end.
        pipe = os.fdopen(os.open(path, os.O_RDWR), "r", newline="")
        threading.Thread(target=reader, args=(pipe,), daemon=True).start()
    _shut_down.clear()
    child = subprocess.Popen(["postgres", "-D", PGDATA], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    threading.Thread(target=_stderr, args=(child.stdout,), daemon=True).start()
    return child


def copy_log():
    """After the server's end, until its last line is in our log; it may have ended before it had one."""
    _shut_down.wait(5)


def stop(child):
    """Fast shutdown: sessions end, the last WAL file is archived where that works."""
    with contextlib.suppress(ProcessLookupError):
        child.send_signal(signal.SIGINT)
    child.wait()
    copy_log()


@contextlib.contextmanager
def connected(database="postgres"):
    connection = psycopg2.connect(host=SOCKETS, user="postgres", dbname=database, application_name="cnpg-instance-manager")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def wait(child, done):
    """Until the server accepts connections and done(cursor) says so; without a deadline, as CloudNativePG."""
    while child.poll() is None:
        with contextlib.suppress(psycopg2.OperationalError):
            with connected() as cursor:
                if done(cursor):
                    return
        time.sleep(0.2)
    copy_log()
    raise Failure(f"while activating instance: error starting PostgreSQL instance: exit status {child.returncode}")


def _csv(pipe):
    for row in csv.reader(pipe):
        log.info("record", logger="postgres", record={name: value for name, value in zip(COLUMNS, row) if value})
        if "database system is shut down" in row:
            _shut_down.set()


def _stderr(pipe):
    for line in pipe:
        log.passed_through(line)
