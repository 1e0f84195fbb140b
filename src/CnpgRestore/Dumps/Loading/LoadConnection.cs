using Npgsql;

namespace CnpgRestore.Dumps.Loading;

/// <summary>What the connections of a load need beside an address and an identity.</summary>
public static class LoadConnection
{
    // Each byte is the character of the same number, both ways: a statement arrives as it stands in the dump, whatever its encoding.
    private const string ByteForByte = "iso-8859-1";

    /// <summary>Changes the settings; every data source that is given to <see cref="DumpLoader"/> is made of settings that went through here.</summary>
    public static NpgsqlConnectionStringBuilder Prepare(NpgsqlConnectionStringBuilder settings)
    {
        settings.Encoding = ByteForByte;
        // What a load sets ends with its session.
        settings.Pooling = false;
        settings.Multiplexing = false;
        settings.Enlist = false;
        // An index takes what it takes.
        settings.CommandTimeout = 0;
        settings.TcpKeepAlive = true;
        settings.MaxAutoPrepare = 0;
        // What was wrong with which row of which statement.
        settings.IncludeErrorDetail = true;
        settings.IncludeFailedBatchedCommand = true;
        return settings;
    }

    internal static bool IsPrepared(NpgsqlDataSource target) => new NpgsqlConnectionStringBuilder(target.ConnectionString).Encoding == ByteForByte;
}
