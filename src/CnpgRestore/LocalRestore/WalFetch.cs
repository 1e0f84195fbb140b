using System.Net.Sockets;
using System.Text;

namespace CnpgRestore.LocalRestore;

/// <summary>
/// The other end of <see cref="WalDelivery"/>: what PostgreSQL's <c>restore_command</c> runs once per WAL file. Says in its exit code what PostgreSQL
/// has to know and leaves every message to the drill.
/// </summary>
public static class WalFetch
{
    public const int Delivered = 0;

    /// <summary>The file is not in the archive. PostgreSQL takes this for the end of WAL.</summary>
    public const int Absent = 1;

    /// <summary>
    /// The file cannot be had. Above 125, PostgreSQL ends the recovery with an error instead of opening the database early
    /// (PostgreSQL manual, restore_command).
    /// </summary>
    public const int Error = 255;

    /// <param name="path">Where PostgreSQL wants the file, relative to its data directory.</param>
    public static async Task<int> RunAsync(string socketPath, string name, string path, CancellationToken ct)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), ct);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"{name} {path}\n"), ct);
            var answer = new byte[1];
            return await stream.ReadAsync(answer, ct) == 1 ? answer[0] : Error;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // The drill has gone.
            return Error;
        }
    }
}
