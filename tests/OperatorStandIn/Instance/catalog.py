"""The choice of the base backup, as CloudNativePG makes it (barman-cloud, pkg/catalog): it does not look at the status of backup.info."""
import datetime
import json

import log
from settings import Failure


def choose(store, target):
    """The backup to restore for a spec.bootstrap.recovery.recoveryTarget, as barman-cloud-backup-list describes it."""
    log.info("Downloading backup catalog")
    backups = read(store)
    log.info("Downloaded backup catalog", backupCatalog=[_summary(backup) for backup in backups])
    backup = _find(backups, target)
    if backup is None:
        raise Failure("no target backup found")
    log.info("Target backup found", backup=backup)
    return backup


def read(store):
    """Oldest first; begun and ended, whatever came of them."""
    listed = json.loads(store.output("barman-cloud-backup-list", ["--format", "json"]))["backups_list"]
    return sorted((backup for backup in listed if backup.get("begin_time") and backup.get("end_time")), key=lambda backup: backup["backup_id"])


def ended(backup):
    return datetime.datetime.strptime(backup["end_time"], "%a %b %d %H:%M:%S %Y").replace(tzinfo=datetime.timezone.utc)


def began(backup):
    return datetime.datetime.strptime(backup["begin_time"], "%a %b %d %H:%M:%S %Y").replace(tzinfo=datetime.timezone.utc)


def target_time(text):
    """A target without a zone is in UTC here, although PostgreSQL would read it in its own."""
    time = datetime.datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)


def _find(backups, target):
    if wanted := target.get("backupID"):
        found = next((backup for backup in backups if backup["backup_id"] == wanted), None)
        if found is None:
            raise Failure(f"no backup found with ID {wanted}")
        return found
    timeline = target.get("targetTLI")
    if timeline and timeline != "latest":
        backups = [backup for backup in backups if backup["timeline"] == int(timeline)]
    if time := target.get("targetTime"):
        backups = [backup for backup in backups if ended(backup) <= target_time(time)]
    elif lsn := target.get("targetLSN"):
        backups = [backup for backup in backups if _lsn(backup["end_xlog"]) < _lsn(lsn)]
    return backups[-1] if backups else None


def _lsn(text):
    high, low = text.split("/")
    return int(high, 16) << 32 | int(low, 16)


def _summary(backup):
    return {"backupID": backup.get("backup_name") or backup["backup_id"], "startTime": began(backup).isoformat(), "endTime": ended(backup).isoformat()}
