using System.Text;
using CnpgRestore.Dumps.Loading;
using Npgsql;

namespace CnpgRestore.Tests.Dumps.Loading;

/// <summary>What PostgreSQL's errors (appendix A of its manual) are called, and what is to be done.</summary>
public sealed class LoadFailureTests
{
    private static readonly DumpStatement Statement = new("CREATE TABLE t (id int);"u8.ToArray(), 12, SessionState.Initial);

    [Theory]
    [InlineData("42P07", ProblemCode.Stopped, "Relation already exists: ", "load into an empty database")]
    [InlineData("42710", ProblemCode.Stopped, "Relation already exists: ", "load into an empty database")]
    [InlineData("42P06", ProblemCode.Stopped, "Relation already exists: ", "load into an empty database")]
    [InlineData("42723", ProblemCode.Stopped, "Relation already exists: ", "load into an empty database")]
    [InlineData("42P16", ProblemCode.Stopped, "Relation already exists: ", "load into an empty database")]
    [InlineData("42701", ProblemCode.Stopped, "Relation already exists: ", "load into an empty database")]
    [InlineData("23505", ProblemCode.Stopped, "Duplicate key: ", "load into an empty database")]
    [InlineData("42501", ProblemCode.AccessDenied, "Permission denied: ", "load as a superuser")]
    [InlineData("42704", ProblemCode.Stopped, "", "create the role, tablespace or type first")]
    [InlineData("22023", ProblemCode.Stopped, "", "create the role, tablespace or type first")]
    [InlineData("28000", ProblemCode.Stopped, "", "create the role, tablespace or type first")]
    [InlineData("58P01", ProblemCode.Stopped, "", "an extension must be installed")]
    [InlineData("0A000", ProblemCode.Stopped, "", "an extension must be installed")]
    [InlineData("53100", ProblemCode.Stopped, "No space left on device: ", "more room")]
    [InlineData("53200", ProblemCode.Stopped, "No space left on device: ", "more room")]
    [InlineData("53300", ProblemCode.Stopped, "", "a smaller --jobs")]
    [InlineData("57P01", ProblemCode.Unreachable, "Connection refused: ", "pg_isready")]
    [InlineData("57P02", ProblemCode.Unreachable, "Connection refused: ", "pg_isready")]
    [InlineData("57P03", ProblemCode.Unreachable, "Connection refused: ", "pg_isready")]
    [InlineData("22P02", ProblemCode.Stopped, "", "a row does not fit its table")]
    [InlineData("23514", ProblemCode.Stopped, "", "a row does not fit its table")]
    [InlineData("42601", ProblemCode.Stopped, "", "may be newer than this one")]
    public void Each_state_has_its_words(string state, ProblemCode code, string words, string hint)
    {
        var problem = LoadFailure.Of(Refusal(state), Statement, 34).Problem;

        Assert.Equal((code, $"{words}it does not go"), (problem.Code, problem.Message));
        Assert.Equal($"line 34 of the dump: CREATE TABLE t (id int);; SQLSTATE {state}; of the row; COPY t, line 3 and more", problem.Detail);
        Assert.Contains(hint, problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_server_says_in_the_encoding_of_the_dump_is_read_in_it()
    {
        // UTF-8, passed on as one character per byte.
        var told = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("größer"));

        Assert.Equal("größer", LoadFailure.Of(new PostgresException(told, "ERROR", "ERROR", "42601"), Statement, 1).Problem.Message);
    }

    [Fact]
    public void A_connection_that_is_lost_is_told_with_the_place_and_its_cause()
    {
        var problem = LoadFailure.Of(new NpgsqlException("while reading", new IOException("reset by peer")), Statement, 34).Problem;
        var bare = LoadFailure.Of(new NpgsqlException("while reading"), Statement, 34).Problem;

        Assert.Equal((ProblemCode.Unreachable, "Connection refused or lost: the database no longer answers"), (problem.Code, problem.Message));
        Assert.Equal("line 34 of the dump: CREATE TABLE t (id int);; reset by peer", problem.Detail);
        Assert.EndsWith("; while reading", bare.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("53300", "too many clients", ProblemCode.Stopped, "Connection refused: a connection for the load could not be made")]
    [InlineData("XX000", "could not write init file", ProblemCode.Stopped, "No space left on device: a connection for the load could not be made")]
    [InlineData("42501", "permission denied for database", ProblemCode.AccessDenied, "Permission denied: a connection for the load could not be made")]
    public void A_connection_that_cannot_be_made_has_its_reason(string state, string text, ProblemCode code, string message)
    {
        var problem = LoadFailure.OfConnection(new PostgresException(text, "FATAL", "FATAL", state)).Problem;

        Assert.Equal((code, message), (problem.Code, problem.Message));
        Assert.Contains(text, problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_is_not_there_is_unreachable()
    {
        var problem = LoadFailure.OfConnection(new NpgsqlException("Failed to connect")).Problem;

        Assert.Equal((ProblemCode.Unreachable, "Connection refused: a connection for the load could not be made", "Failed to connect"), (problem.Code, problem.Message, problem.Detail));
    }

    private static PostgresException Refusal(string state) =>
        new("it does not go", "ERROR", "ERROR", state, detail: "of the row", where: "COPY t, line 3\nand more");
}
