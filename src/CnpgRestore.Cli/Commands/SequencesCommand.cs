using System.CommandLine;
using CnpgRestore.Cli.Output;
using CnpgRestore.Databases;
using CnpgRestore.Databases.Sequences;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>sequences</c>: which sequences would give out values that are there already, and the repair.</summary>
static class SequencesCommand
{
    public static Command Create(TimeProvider clock)
    {
        var fix = new Option<bool>("--fix") { Description = "Set those that are behind, each under a lock; none is ever set back." };
        var place = new DatabaseOptions();
        var command = new Command("sequences", """
            Compare every sequence with the columns that take their values from it: serial, identity, owned, or by a default.

            A sequence that is behind makes the next INSERT fail with "duplicate key". Without --fix, no data is changed. If the Cluster has no superuser access,
            a temporary superuser role cnpg_restore_* is created and dropped again (that of a killed command expires after 7 days).

            Exit codes: 0 none is behind, 3 some are and --fix was not given, 10 no such Cluster or database, 12 access denied, 13 server
            unreachable, 15 the Cluster's pod runs no command, 20 the server refuses to set one: the same command continues.

            Examples:
              # Is any behind?
              cnpg-restore sequences postgres-v17 -n db
              # Set those that are behind
              cnpg-restore sequences postgres-v17 -n db --fix
            """) { fix };
        place.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            var session = new CliSession(parse, clock);
            var name = await place.NameAsync(parse, session, ct);
            await using var opened = await place.OpenAsync(parse, session, ct);
            return await RunAsync(session, opened.Server, name, parse.GetValue(fix), ct);
        });
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, IDatabaseServer server, string database, bool fix, CancellationToken ct)
    {
        await using var asked = await DatabaseSession.OpenAsync(server, database, ct);
        var sequences = await new SequenceSurvey(asked).ReadAsync(ct);
        var set = fix ? await new SequenceFix(asked).FixAsync(sequences, ct) : [];
        SequencesOutput.Write(session, SequencesDocument.From(database, sequences, set));
        return !fix && sequences.Any(sequence => sequence.IsBehind) ? (int)ProblemCode.Differences : 0;
    }
}
