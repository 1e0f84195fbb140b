using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using CnpgRestore.Dumps.Loading;
using Npgsql;

namespace CnpgRestore.Databases;

/// <summary>A PostgreSQL that is reached at its address, with the client programs of this machine.</summary>
public sealed class UrlServer(ServerUrl url) : IDatabaseServer
{
    private readonly ConcurrentDictionary<string, NpgsqlDataSource> _databases = new(StringComparer.Ordinal);

    public string Address => url.Address;

    /// <summary>A server under load notices the end of a killed client a moment later.</summary>
    public TimeSpan Linger { get; } = TimeSpan.FromSeconds(3);

    public NpgsqlDataSource Database(string name) => _databases.GetOrAdd(name, database => Source(url.ToNpgsql(database)));

    public NpgsqlDataSource ForLoad(string name, string applicationName)
    {
        var settings = LoadConnection.Prepare(url.ToNpgsql(name));
        settings.ApplicationName = applicationName;
        return Source(settings);
    }

    // A loopback address may be the end of a tunnel; a socket is here.
    public Task<ByteSize?> FreeSpaceAsync(string dataDirectory, CancellationToken ct) =>
        Task.FromResult<ByteSize?>(url.IsSocket && Directory.Exists(dataDirectory) ? new ByteSize(new DriveInfo(dataDirectory).AvailableFreeSpace) : null);

    public Task<(string Why, string Hint)?> ExplainCertificateAsync(CancellationToken ct) => ServerCertificate.ExplainAsync(url.ToNpgsql(url.Database), ct);

    public async Task<ClientResult> RunAsync(ClientCommand command, CancellationToken ct)
    {
        using var process = Start(command);
        using var errors = new StringWriter(CultureInfo.InvariantCulture);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            await Task.WhenAll(WriteAsync(process, command, ended.Token, ct), ReadLinesAsync(process, command, ended, ct), CopyErrorsAsync(process, errors, ct));
            await process.WaitForExitAsync(ct);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        return new ClientResult(process.ExitCode, errors.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases.Values)
        {
            await database.DisposeAsync();
        }
    }

    private static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder settings)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        builder.EnableTransportSecurity();
        builder.EnableArrays();
        return builder.Build();
    }

    private Process Start(ClientCommand command)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        foreach (var (name, value) in EnvironmentOf(command))
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new RestoreException(ProblemCode.Refused, $"{command.Program} is not installed here", e.Message, "apt-get install postgresql-client", e);
        }
    }

    // libpq's names for them (PostgreSQL manual, 34.15); a password is seen in no argument.
    private IEnumerable<(string Name, string Value)> EnvironmentOf(ClientCommand command)
    {
        yield return ("LC_ALL", "C");
        yield return ("PGHOST", url.Host);
        yield return ("PGPORT", url.Port.ToString(CultureInfo.InvariantCulture));
        yield return ("PGUSER", url.User);
        yield return ("PGDATABASE", command.Database);
        yield return ("PGAPPNAME", command.ApplicationName);
        if (url.Password is { } password)
        {
            yield return ("PGPASSWORD", password.Reveal());
        }

        if (SystemAuthorities.For(url) is { } authorities)
        {
            yield return ("PGSSLROOTCERT", authorities);
        }

        foreach (var (name, value) in url.Options)
        {
            if ((name, value) == ("sslrootcert", SystemAuthorities.Word))
            {
                continue;
            }

            yield return (name == "connect_timeout" ? "PGCONNECT_TIMEOUT" : $"PG{name.ToUpperInvariant()}", value);
        }
    }

    private static async Task WriteAsync(Process process, ClientCommand command, CancellationToken ended, CancellationToken ct)
    {
        try
        {
            if (command.Input is { } write)
            {
                await write(process.StandardInput.BaseStream, ended);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && !ct.IsCancellationRequested && HasEnded(process))
        {
            // It stopped reading at its first error, which its exit code tells.
        }
        finally
        {
            await CloseAsync(process);
        }
    }

    private static bool HasEnded(Process process) => process.WaitForExit(TimeSpan.FromSeconds(10));

    private static async Task CloseAsync(Process process)
    {
        try
        {
            await process.StandardInput.DisposeAsync();
        }
        catch (IOException)
        {
            // Nobody reads any more.
        }
    }

    private static async Task ReadLinesAsync(Process process, ClientCommand command, CancellationTokenSource ended, CancellationToken ct)
    {
        while (await process.StandardOutput.ReadLineAsync(ct) is { } line)
        {
            command.OnLine?.Invoke(line);
        }

        // Who waits for an answer of it before writing on waits in vain.
        await ended.CancelAsync();
    }

    private static async Task CopyErrorsAsync(Process process, StringWriter errors, CancellationToken ct)
    {
        while (await process.StandardError.ReadLineAsync(ct) is { } line)
        {
            await errors.WriteLineAsync(line);
        }
    }
}
