using CnpgRestore.LocalRestore;
using Npgsql;

namespace CnpgRestore.Tests.LocalRestore;

public sealed class LocalDatabaseErrorsTests
{
    [Theory]
    [InlineData("28000", "role \"postgres\" does not exist", null, ProblemCode.AccessDenied, "--pg-user NAME")]
    [InlineData(
        "XX000",
        "database locale is incompatible with operating system",
        "The database was initialized with LC_COLLATE \"de_DE.UTF-8\",  which is not recognized by setlocale().",
        ProblemCode.Refused,
        "localedef -i de_DE -f UTF-8 de_DE.UTF-8")]
    [InlineData("3D000", "database \"postgres\" does not exist", null, ProblemCode.Stopped, null)]
    [InlineData("53200", "out of memory", "Failed on request of size 8.", ProblemCode.Stopped, null)]
    public void Only_a_refused_login_is_told_as_one(string sqlState, string message, string? detail, ProblemCode code, string? hint)
    {
        var problem = LocalDatabaseErrors.Of(new PostgresException(message, "FATAL", "FATAL", sqlState, detail: detail), "postgres");

        Assert.Equal(code, problem.Code);
        Assert.Contains(detail ?? message, $"{problem.Message} {problem.Detail}", StringComparison.Ordinal);
        Assert.Contains(hint ?? "", problem.Hint ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_went_away_is_no_refused_login() =>
        Assert.Equal(ProblemCode.Stopped, LocalDatabaseErrors.Of(new NpgsqlException("Exception while reading from stream"), "postgres").Code);
}
