"""The instance manager of the stand-in: python3 manager.py initdb | full-recovery | plugin-restore | instance | wal-archive PATH | wal-restore NAME PATH"""
import os
import sys

import log
import preloaded
from settings import Failure


def main(command, *arguments):
    # Each command loads only what it needs: archive_command and restore_command run once per WAL file.
    if command in ("full-recovery", "plugin-restore", "instance"):
        preloaded.load()
    if command == "initdb":
        import initdb
        initdb.run()
    elif command == "full-recovery":
        import recovery
        recovery.run()
    elif command == "plugin-restore":
        import recovery
        recovery.run_plugin()
    elif command == "instance":
        import instance
        return instance.run()
    elif command == "wal-archive":
        import wal
        wal.archive(*arguments)
    elif command == "wal-restore":
        import wal
        wal.restore(*arguments)
    else:
        raise SystemExit(__doc__)
    return 0


def end(code):
    """Ends the process as it is: a thread that still copies the server's last line would die with standard output locked, and Python take that for a crash."""
    with log.turn:
        sys.stdout.flush()
        os._exit(code)


try:
    end(main(*sys.argv[1:]))
except Failure as failure:
    if sys.argv[1] == "initdb":
        log.error("Error while bootstrapping", failure)
    end(1)
