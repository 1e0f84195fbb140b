"""One server folder of an object store, and the barman-cloud programs on it with CloudNativePG's command lines (barman-cloud, pkg/command)."""
import os
import threading

import log
import preloaded
from settings import CONTROLLER, SETTINGS, Failure, secret


class Store:
    def __init__(self, role):
        """role: source, or destination."""
        self.settings = SETTINGS[role]
        self.role = role

    @staticmethod
    def find(role):
        return Store(role) if SETTINGS.get(role) else None

    @property
    def server_name(self):
        return self.settings["serverName"]

    def command(self, program, options=(), arguments=()):
        endpoint = ["--endpoint-url", self.settings["endpointURL"]] if self.settings.get("endpointURL") else []
        return [program, *options, *endpoint, "--cloud-provider", "aws-s3", self.settings["destinationPath"], self.server_name, *arguments]

    def compression(self, kind):
        """kind: wal, or data."""
        name = self.settings.get(kind, {}).get("compression")
        return [f"--{name}"] if name else []

    def environment(self, **more):
        prefix = f"{self.role.upper()}_"
        given = {name: secret(prefix + name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION")}
        for name, reference in self.settings["secrets"].items():
            if given.get(name) is None and secret(prefix + name) is None:
                raise Failure(f'while getting secret {reference["name"]}: secrets "{reference["name"]}" not found')
        environment = {**os.environ, **{name: value for name, value in given.items() if value is not None}, "HOME": CONTROLLER, **more}
        if authority := secret(prefix + "CA"):
            environment["AWS_CA_BUNDLE"] = f"{CONTROLLER}/{self.role}-ca.crt"
            with open(environment["AWS_CA_BUNDLE"], "w") as file:
                file.write(authority)
        return environment

    def output(self, program, options=()):
        """Standard output of a program that must succeed."""
        command = self.command(program, options)
        said = {}
        code = _follow(preloaded.start(command, self.environment()), lambda name, pipe: said.update({name: pipe.read()}))
        if code != 0:
            log.error(f"Can't invoke {program}", f"exit status {code}", options=command[1:], **said)
            raise Failure(f"exit status {code}")
        return said["stdout"]

    def run(self, program, options=(), arguments=(), **environment):
        """Runs a program whose lines go to the log. Returns its exit code."""
        try:
            child = preloaded.start(self.command(program, options, arguments), self.environment(**environment))
        except FileNotFoundError:
            # As Go's os/exec says it (ErrNotFound).
            reason = f'exec: "{program}": executable file not found in $PATH'
            log.error(f"Error invoking {program}", reason, options=self.command(program, options, arguments)[1:], exitCode=-1)
            raise Failure(f"unexpected failure invoking {program}: {reason}") from None
        return _follow(child, lambda name, pipe: _copy(program, name, pipe))

    def check_wal_archive(self):
        """Raises a Failure unless the archive is empty. CloudNativePG names the wrong program in its error."""
        program = "barman-cloud-check-wal-archive"
        log.info(f"{program} checking the first wal")
        code = self.run(program)
        if code != 0:
            log.error(f"Error invoking {program}", f"exit status {code}", options=self.command(program)[1:], exitCode=-1)
            raise Failure(f"unexpected failure invoking barman-cloud-wal-archive: exit status {code}")


def _follow(child, take):
    """Hands both outputs to take(name, pipe), each in a thread. Returns the exit code."""
    threads = [threading.Thread(target=take, args=(name, getattr(child, name))) for name in ("stdout", "stderr")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return child.wait()


def _copy(program, name, pipe):
    for line in pipe:
        log.info(line.rstrip("\n"), logger=program, pipe=name)
