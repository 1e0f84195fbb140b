using CnpgRestore.Databases;
using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Plain;
using CnpgRestore.Kubernetes;
using CnpgRestore.Plans.FromDump;

namespace CnpgRestore.Runs.FromDump;

/// <summary>
/// Creates roles with the statements that a dump of a whole server has for them: CREATE ROLE, ALTER ROLE, and memberships among what is there then;
/// CloudNativePG's own as that makes them. A role that exists is never altered.
/// </summary>
/// <param name="session">To any database.</param>
sealed class MissingRoles(DatabaseSession session, FromDumpDecision decision)
{
    public async Task<string> CreateAsync(DumpFile dump, CancellationToken ct)
    {
        var present = await session.ReadAsync("SELECT rolname::text FROM pg_roles", row => row.GetString(0), ct);
        var missing = decision.Roles.Except(present).ToHashSet();
        if (missing.Count == 0)
        {
            return "all of them are there";
        }

        var operators = missing.Intersect(CnpgNames.OperatorRoles).ToList();
        var stated = missing.Except(operators).ToHashSet();
        List<Secret> statements = [.. operators.Select(role => new Secret(AsOperator(role)))];
        if (stated.Count > 0)
        {
            statements.AddRange(await ReadAsync(dump, stated, [.. present, .. missing], ct));
        }

        await session.ExecuteAsync("BEGIN", ct);
        foreach (var statement in statements)
        {
            await session.ExecuteAsync(statement, ct);
        }

        await session.ExecuteAsync("COMMIT", ct);
        return string.Join(", ", missing);
    }

    // The instance manager may make it in between.
    private static string AsOperator(string role) => $"DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";

    // They may hold passwords.
    private static async Task<List<Secret>> ReadAsync(DumpFile dump, HashSet<string> missing, HashSet<string> known, CancellationToken ct)
    {
        var statements = new List<Secret>();
        await using var script = await DumpScript.OpenAsync(dump, [], ct);
        var reader = new DumpReader(script.Text);
        // The roles stand before the first database.
        while (await reader.ReadAsync(ct) is var token && token is not (DumpToken.End or DumpToken.Cut) && !IsConnect(token, reader))
        {
            if (token == DumpToken.Statement && Wanted(reader, missing, known) is { } statement)
            {
                statements.Add(new Secret(statement));
            }
        }

        return statements;
    }

    private static bool IsConnect(DumpToken token, DumpReader reader) => token == DumpToken.MetaCommand && PsqlConnect.TryParse(reader.TextAsString()) is not null;

    /// <returns>The statement as it is run here; null where it is not.</returns>
    private static string? Wanted(DumpReader reader, HashSet<string> missing, HashSet<string> known)
    {
        if (RoleGrant.TryParse(reader.Text.Span, reader.Encoding.Text) is var (group, member, statement))
        {
            return (missing.Contains(group) || missing.Contains(member)) && known.Contains(group) && known.Contains(member) ? statement : null;
        }

        var words = new StatementWords(reader.Text.Span, reader.Encoding.Text);
        // Settings in a database that is not there would fail, and belong to it.
        var isOfMissing = words.Accept("CREATE", "ROLE") ? missing.Contains(words.Identifier() ?? "")
            : words.Accept("ALTER", "ROLE") && missing.Contains(words.Identifier() ?? "") && !words.Accept("IN", "DATABASE");
        return isOfMissing ? reader.TextAsString() : null;
    }
}
