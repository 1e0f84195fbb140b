using System.Text.Json.Nodes;
using CnpgRestore.Manifests;

namespace CnpgRestore.Diagnosis.Collection;

/// <summary>Where base backups go ([cloudnative-pg] api/v1/backup_types.go, <c>spec.method</c>): only Barman's are in the folder that is read here.</summary>
static class BackupMethod
{
    /// <param name="backup">A Backup or a ScheduledBackup.</param>
    public static bool IsOfFolder(JsonObject backup) => backup.Text("spec", "method") switch
    {
        null or "barmanObjectStore" => true,
        "plugin" => backup.Text("spec", "pluginConfiguration", "name") == BackupFolder.PluginName,
        _ => false,
    };

    /// <summary>What takes or has taken base backups that no folder shows: snapshots of volumes, another plugin; null where nothing does.</summary>
    public static Evidence? OutsideFolder(Examination exam)
    {
        var place = $"cluster {exam.Cluster}";
        if (exam.Live.At("spec", "backup", "volumeSnapshot") is JsonObject)
        {
            return new Evidence(place, "spec.backup.volumeSnapshot");
        }

        if (exam.Live.Items("spec", "plugins").FirstOrDefault(plugin => plugin.Flag("isWALArchiver") == true && plugin.Flag("enabled") != false && plugin.Text("name") != BackupFolder.PluginName) is { } archiver)
        {
            return new Evidence(place, $"spec.plugins: {archiver.Text("name")} archives");
        }

        if (exam.ScheduledBackups.FirstOrDefault(item => !IsOfFolder(item) && item.Flag("spec", "suspend") != true) is { } scheduled)
        {
            return new Evidence($"scheduledbackup {Owned.Name(scheduled)}", $"spec.method: {scheduled.Text("spec", "method")}");
        }

        return exam.Backups.FirstOrDefault(item => !IsOfFolder(item) && item.Text("status", "phase") == "completed") is { } backup
            ? new Evidence($"backup {Owned.Name(backup)}", $"spec.method: {backup.Text("spec", "method")}, completed") : null;
    }
}
