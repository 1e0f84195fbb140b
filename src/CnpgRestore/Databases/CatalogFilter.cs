namespace CnpgRestore.Databases;

/// <summary>Conditions on system catalogs that several queries share, written once.</summary>
public static class CatalogFilter
{
    /// <summary>
    /// Rows of <c>pg_database</c> that can be connected to, without the templates. A limit of -2 is what an interrupted DROP DATABASE leaves behind
    /// (DATCONNLIMIT_INVALID_DB in src/include/catalog/pg_database.h): such a database lets nobody in.
    /// </summary>
    public const string Connectable = "datallowconn AND NOT datistemplate AND datconnlimit <> -2";

    /// <summary>
    /// Rows of <c>pg_class c</c> and <c>pg_namespace n</c> that hold rows of a user: each partition by itself, without its parent. A materialized view
    /// without data cannot be read.
    /// </summary>
    public const string HoldsRows = $"c.relkind IN ('r', 'm') AND {OfUsers}";

    /// <summary>The same with partitioned tables.</summary>
    public const string HoldsRowsOrPartitions = $"c.relkind IN ('r', 'p', 'm') AND {OfUsers}";

    private const string OfUsers = "c.relispopulated AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'";
}
