using CnpgRestore.Dumps.Plain;
using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Inspection;

/// <summary>What a dump holds of one database.</summary>
/// <param name="Name">Null where the dump does not say: pg_dump without -C is loaded into whatever one is connected to.</param>
/// <param name="Tables">Those with data, in the order of the dump; rows without data are not there.</param>
/// <param name="Created">How many objects of each kind are created: <c>TABLE</c> 12, <c>INDEX</c> 20.</param>
/// <param name="Dropped">The same for what is dropped first, as pg_dump -c writes it.</param>
public sealed record DumpDatabase(
    string? Name,
    IReadOnlyList<DumpTable> Tables,
    IReadOnlyList<string> Schemas,
    IReadOnlyList<string> Extensions,
    IReadOnlyDictionary<string, int> Created,
    IReadOnlyDictionary<string, int> Dropped)
{
    /// <summary>For where nobody has to look any more.</summary>
    public static DumpDatabase Nothing { get; } = new(null, [], [], [], new Dictionary<string, int>(), new Dictionary<string, int>());

    public long Rows => Tables.Sum(table => table.Rows);

    /// <summary>Roles that own something, are granted something, or are named by a policy: they have to exist before it is loaded.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Roles that <see cref="Settings"/> name: they have to exist where those are taken from the dump.</summary>
    public IReadOnlyList<string> SettingRoles => [.. Settings.SelectMany(setting => setting.Roles).Distinct(StringComparer.Ordinal)];

    /// <summary>Who owns which table, view or sequence, by the ALTER ... OWNER TO of the dump.</summary>
    public IReadOnlyDictionary<QualifiedName, string> Owners { get; init; } = new Dictionary<QualifiedName, string>();

    /// <summary>Who shall own the database: as the dump says, or whoever owns most of what is in it; null where nothing tells.</summary>
    public string? Owner => StatedOwner ?? Owners.Values.GroupBy(owner => owner).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).FirstOrDefault()?.Key;

    /// <summary>By an ALTER DATABASE ... OWNER TO, which a dump with -C or of pg_dumpall has.</summary>
    public string? StatedOwner { get; init; }

    /// <summary>Encoding and locale by its CREATE DATABASE, as options of that statement; empty where the dump has none.</summary>
    public IReadOnlyDictionary<string, string> CreateOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>By a COMMENT ON DATABASE; null where there is none.</summary>
    public string? Comment { get; init; }

    /// <summary>What the dump gives the database beside its contents, in its order; empty without -C.</summary>
    public IReadOnlyList<DatabaseSetting> Settings { get; init; } = [];

    /// <summary>It begins and ends transactions of its own, as around large objects.</summary>
    public bool HasTransactions { get; init; }

    /// <summary>What it makes and can be looked for by its name.</summary>
    public IReadOnlyCollection<DumpObject> Objects { get; init; } = [];

    /// <summary>How many of the tables that it creates are partitioned: they hold no rows themselves, and have no data in any dump.</summary>
    public int Partitioned { get; init; }

    /// <summary>How many large objects it makes.</summary>
    public long LargeObjects { get; init; }

    /// <summary>Constraints that were not validated when the dump was made, and are not afterwards.</summary>
    public IReadOnlyList<string> NotValid { get; init; } = [];
}
