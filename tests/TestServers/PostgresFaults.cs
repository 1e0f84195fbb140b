using System.Globalization;

namespace CnpgRestore.TestServers;

/// <summary>What a session can meet. All but the last two are of this session only.</summary>
public static class PostgresFaults
{
    public static IReadOnlyDictionary<string, Func<PostgresExchange, Task>> All { get; } = new Dictionary<string, Func<PostgresExchange, Task>>
    {
        ["dropped connection"] = CutBefore,
        ["terminated backend"] = TerminateAsync,
        ["killed backend"] = KillAsync,
        ["restart"] = RestartAsync,
    };

    /// <summary>The server never hears of it.</summary>
    public static Task CutBefore(PostgresExchange exchange)
    {
        exchange.Session.Cut();
        return Task.CompletedTask;
    }

    /// <summary>The server does it, and the client never hears of that.</summary>
    public static Task CutAfter(PostgresExchange exchange)
    {
        exchange.Session.DropAnswer();
        return Task.CompletedTask;
    }

    /// <summary>As an administrator ends a session.</summary>
    public static Task TerminateAsync(PostgresExchange exchange) => exchange.Session.Server.ExecuteAsync(
        string.Create(CultureInfo.InvariantCulture, $"SELECT pg_terminate_backend({exchange.Session.BackendId}, 10000)"), CancellationToken.None);

    /// <summary>As the kernel ends a process when memory is short: PostgreSQL then ends all others, and recovers.</summary>
    public static async Task KillAsync(PostgresExchange exchange)
    {
        var kill = string.Create(CultureInfo.InvariantCulture, $"kill -KILL {exchange.Session.BackendId}");
        var server = exchange.Session.Server;
        var before = server.TimesReady;
        (await ToolProcess.RunAsync(new ToolCommand("bash", "-c", kill), CancellationToken.None)).Succeeded();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (server.TimesReady == before)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), deadline.Token);
        }
    }

    public static async Task RestartAsync(PostgresExchange exchange)
    {
        await exchange.Session.Server.StopAsync(CancellationToken.None);
        await exchange.Session.Server.StartAsync(CancellationToken.None);
    }
}
