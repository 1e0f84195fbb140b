"""Log lines as CloudNativePG's instance manager writes them: one JSON object per line on standard output."""
import datetime
import json
import os
import sys
import threading

turn = threading.Lock()


def info(msg, logger=None, **fields):
    write("info", msg, logger, fields)


def error(msg, error, logger=None, **fields):
    write("error", msg, logger, {"error": str(error), **fields})


def write(level, msg, logger, fields):
    line = {"level": level, "ts": datetime.datetime.utcnow().isoformat(timespec="microseconds") + "000Z"}
    if logger:
        line["logger"] = logger
    line |= {"msg": msg, "logging_pod": os.environ["LOGGING_POD"], **fields}
    with turn:
        print(json.dumps(line, separators=(",", ":")), flush=True)


def passed_through(line):
    """A line that a child of the server wrote: JSON lines of our own commands go out as they are, others as the message of a line."""
    if line.startswith("{"):
        with turn:
            sys.stdout.write(line if line.endswith("\n") else line + "\n")
            sys.stdout.flush()
    elif line.strip():
        info(line.rstrip("\n"), logger="postgres", pipe="stderr")
