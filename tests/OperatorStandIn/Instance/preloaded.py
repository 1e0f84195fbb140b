"""The barman-cloud programs, loaded once per container: four fifths of a call are spent on loading boto3, and PostgreSQL makes one for every WAL file.

A process that has loaded them forks for each call; the fork runs the installed program with the arguments, environment and outputs of the caller.
Where there is no such process, the program is started as any other.
"""
import contextlib
import importlib
import json
import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import time
import zlib

from settings import CONTROLLER, SETTINGS

ADDRESS = f"{CONTROLLER}/barman.socket"
MODULES = (
    "boto3", "psycopg2", "barman.cloud_providers.aws_s3", "barman.clients.cloud_backup", "barman.clients.cloud_backup_list", "barman.clients.cloud_check_wal_archive",
    "barman.clients.cloud_restore", "barman.clients.cloud_walarchive", "barman.clients.cloud_walrestore")

_loading = None


def load():
    """Begins to load them where there is an object store; the calls of this container wait for it, or find it done."""
    global _loading
    if not (SETTINGS["source"] or SETTINGS["destination"]):
        return
    # Of a container before this one.
    with contextlib.suppress(FileNotFoundError):
        os.unlink(ADDRESS)
    _loading = subprocess.Popen([sys.executable, "-B", __file__], stderr=subprocess.DEVNULL)


def start(command, environment):
    """A running program with stdout, stderr and wait(). Raises FileNotFoundError where it is not installed."""
    # The process that answers has their modules, which an image may have without the programs.
    if shutil.which(command[0], path=environment.get("PATH")) is None:
        raise FileNotFoundError(command[0])
    while _loading and _loading.poll() is None and not os.path.exists(ADDRESS):
        time.sleep(0.01)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(ADDRESS)
    except OSError:
        connection.close()
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return Fork(connection, command, environment)


class Fork:
    """What subprocess.Popen is for a program of its own."""

    def __init__(self, connection, command, environment):
        (stdout, to_stdout), (stderr, to_stderr) = os.pipe(), os.pipe()
        self.stdout, self.stderr = os.fdopen(stdout), os.fdopen(stderr)
        self._connection = connection
        socket.send_fds(connection, [b"."], [to_stdout, to_stderr])
        os.close(to_stdout)
        os.close(to_stderr)
        connection.sendall(json.dumps({"command": command, "environment": environment, "folder": os.getcwd()}).encode())
        connection.shutdown(socket.SHUT_WR)

    def wait(self):
        with self._connection, self._connection.makefile() as answer:
            return int(answer.read())


def _serve():
    # The names beside this file are none of theirs.
    sys.path.pop(0)
    for module in MODULES:
        importlib.import_module(module)
    _pack_quickly()
    # Nobody asks for the end of a call but its caller.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Under its name only when calls are taken.
    listener.bind(f"{ADDRESS}.new")
    listener.listen()
    os.rename(f"{ADDRESS}.new", ADDRESS)
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            return _answer(connection)
        connection.close()


def _pack_quickly():
    """Level 1 of gzip where Barman asks for 9: an empty cluster is packed in a quarter of a second of processor time instead of three."""
    compress = zlib.compressobj
    zlib.compressobj = lambda _, *settings: compress(1, *settings)


def _answer(connection):
    """Exit code of the process: the program's own in the fork that runs it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, outputs, _, _ = socket.recv_fds(connection, 1, 2)
    with connection.makefile() as asked:
        call = json.loads(asked.read())
    child = os.fork()
    if child == 0:
        connection.close()
        for number, output in enumerate(outputs, 1):
            os.dup2(output, number)
            os.close(output)
        return _run(**call)
    for output in outputs:
        os.close(output)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    connection.sendall(str(code).encode())
    return 0


def _run(command, environment, folder):
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [shutil.which(command[0]), *command[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(_serve())
