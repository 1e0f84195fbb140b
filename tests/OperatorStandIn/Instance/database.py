"""The application's database and role, and the passwords that the operator keeps (pkg/management/postgres/initdb.go, instance_controller.go)."""
import os

from psycopg2 import sql

from postgres import connected
from settings import SETTINGS, Failure, secret


def ensure_application(owner, database):
    """Creates what is absent. A database that exists stays as it is, with the owner it has."""
    with connected() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'streaming_replica'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE ROLE streaming_replica REPLICATION LOGIN")
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (owner,))
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(owner)))
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,))
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(owner)))


def ensure_tablespaces():
    """Those that the spec declares; their volumes lie where every pod of the cluster has them."""
    for tablespace in SETTINGS["tablespaces"]:
        name, location = tablespace["name"], f"/var/lib/postgresql/tablespaces/{tablespace['name']}/data"
        os.makedirs(location, mode=0o700, exist_ok=True)
        owner = sql.Identifier(tablespace.get("owner", {}).get("name", "postgres"))
        with connected() as cursor:
            cursor.execute("SELECT 1 FROM pg_tablespace WHERE spcname = %s", (name,))
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE TABLESPACE {} OWNER {} LOCATION %s").format(sql.Identifier(name), owner), (location,))


def set_application_password(owner):
    """Once, when the instance starts."""
    name, password = secret("APP_USERNAME"), secret("APP_PASSWORD")
    if password is None:
        return
    if name != owner:
        raise Failure(f"wrong username '{name}' in secret, expected '{owner}'")
    with connected() as cursor:
        cursor.execute(sql.SQL("ALTER ROLE {} WITH PASSWORD %s").format(sql.Identifier(owner)), (password,))


def keep_superuser_password(cursor):
    """Again and again: a password that someone gave to postgres does not last while enableSuperuserAccess is false."""
    password = secret("SUPERUSER_PASSWORD") if SETTINGS["enableSuperuserAccess"] else None
    cursor.execute("SELECT rolpassword IS NOT NULL FROM pg_authid WHERE rolname = 'postgres'")
    has_password = cursor.fetchone()[0]
    if password is None and has_password:
        cursor.execute("ALTER ROLE postgres WITH PASSWORD NULL")
    elif password is not None and not has_password:
        cursor.execute("ALTER ROLE postgres WITH PASSWORD %s", (password,))
