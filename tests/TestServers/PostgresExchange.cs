using System.Text;

namespace CnpgRestore.TestServers;

/// <summary>What a client of PostgreSQL sends at one moment, before the server has it.</summary>
public sealed class PostgresExchange
{
    internal PostgresExchange(ProxiedSession session, ReadOnlyMemory<byte> data)
    {
        Session = session;
        Text = Encoding.Latin1.GetString(data.Span);
        Length = data.Length;
    }

    public string Text { get; }

    public int Length { get; }

    internal ProxiedSession Session { get; }
}
