using Npgsql;

namespace CnpgRestore.Databases;

/// <summary>A way to a running PostgreSQL: straight to an address, or through the API of Kubernetes. Whoever holds it may do what its role may.</summary>
public interface IDatabaseServer : IAsyncDisposable
{
    /// <summary>As a person knows it: <c>db.example.com:5432</c>.</summary>
    string Address { get; }

    /// <summary>
    /// Connections to one database. They are not pooled: a session that is left open would stand in the way of a rename. The server closes
    /// the source.
    /// </summary>
    NpgsqlDataSource Database(string name);

    /// <summary>The same, made for a load (<see cref="Dumps.Loading.LoadConnection"/>); the caller disposes it.</summary>
    NpgsqlDataSource ForLoad(string name, string applicationName);

    /// <summary>How long a session may outlive its client, as the server sees it: a line with something in between breaks late.</summary>
    TimeSpan Linger { get; }

    /// <summary>What is free where the server's files are; null where that cannot be seen from here.</summary>
    /// <param name="dataDirectory">As the server names it.</param>
    Task<ByteSize?> FreeSpaceAsync(string dataDirectory, CancellationToken ct);

    /// <summary>Why its certificate was refused, as a clause, and what helps; null where nobody can tell.</summary>
    Task<(string Why, string Hint)?> ExplainCertificateAsync(CancellationToken ct);

    /// <summary>Runs psql or pg_restore, connected as this server is, to its end.</summary>
    /// <exception cref="RestoreException">The program is not there.</exception>
    Task<ClientResult> RunAsync(ClientCommand command, CancellationToken ct);
}
