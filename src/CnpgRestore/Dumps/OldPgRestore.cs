namespace CnpgRestore.Dumps;

/// <summary>A pg_restore that does not know an archive's version yet (src/bin/pg_dump/pg_backup_archiver.c, ReadHead); nothing is wrong with the archive.</summary>
static class OldPgRestore
{
    private const string Words = "unsupported version (";

    /// <param name="said">What it wrote to its error stream.</param>
    public static bool IsIn(string said) => said.Contains(Words, StringComparison.Ordinal) && said.Contains("in file header", StringComparison.Ordinal);

    /// <param name="file">The archive.</param>
    public static Problem ProblemOf(DumpFile file, string said) => file.Place.IsHere
        ? new Problem(ProblemCode.Refused, $"pg_restore here is older than the dump {file.Path}", said, "install a newer one: postgresql-client of the version that wrote the dump, or a later one (apt.postgresql.org)")
        : new Problem(ProblemCode.Refused, $"pg_restore of the image is older than the dump {file.Path}", said, "name an image of the version that wrote the dump, or of a later one: --image");
}
