"""What the operator says about this cluster: instance.json beside this file, in the words of the Cluster's spec. Secrets come by environment."""
import json
import os
import pathlib

SETTINGS = json.loads((pathlib.Path(__file__).parent / "instance.json").read_text())
CLUSTER = SETTINGS["clusterName"]
PGDATA = "/var/lib/postgresql/data/pgdata"
WAL_VOLUME = "/var/lib/postgresql/wal/pg_wal"
CONTROLLER = "/controller"
SOCKETS = f"{CONTROLLER}/run"
LOGS = f"{CONTROLLER}/log"
# Present until the first WAL file is archived; as long, the archive must be empty (pkg/management/postgres/constants).
CHECK_MARKER = f"{PGDATA}/.check-empty-wal-archive"
MANAGER = "/usr/bin/python3 /opt/instance/manager.py"


class Failure(Exception):
    """Ends a job; the text is what CloudNativePG would log as the error."""


def secret(name):
    """A value of a Secret that the spec refers to; None when the spec refers to none, or the Secret does not exist."""
    return os.environ.get(name)
