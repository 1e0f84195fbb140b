using CnpgRestore.Barman.Backups;

namespace CnpgRestore.LocalRestore;

/// <summary>Whether a base backup can fit on a disk, as far as its folder tells: better told before the download than after hours of it.</summary>
static class DrillSpace
{
    /// <param name="folder">Where it is restored.</param>
    public static Problem? Refuse(BaseBackup backup, string folder, ByteSize free)
    {
        // Compressed tars say too little; the size that barman has noted lacks what a restored log adds. The larger of the two is needed at least.
        var restored = backup.Info?.ClusterSize ?? default;
        var byInfo = restored.CompareTo(backup.Size) > 0;
        var needed = byInfo ? restored : backup.Size;
        return free.CompareTo(needed) >= 0 ? null : new Problem(
            ProblemCode.Refused,
            $"no space for base backup {backup.Id} in {folder}",
            byInfo ? $"the database had {needed} when it was backed up, as backup.info says; {free} are free"
                : $"its tars alone have {needed}, and more when they are decompressed; {free} are free",
            "add --to DIR, with a DIR on a larger disk");
    }
}
