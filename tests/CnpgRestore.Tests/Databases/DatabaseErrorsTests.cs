using System.Net.Sockets;
using CnpgRestore.Databases;
using Npgsql;

namespace CnpgRestore.Tests.Databases;

/// <summary>What is wrong with the way to a server is said once.</summary>
public sealed class DatabaseErrorsTests
{
    [Theory]
    [InlineData(SocketError.ConnectionRefused, "db.example.org:5432", "Connection refused: nothing listens at db.example.org:5432")]
    [InlineData(SocketError.HostNotFound, "db.example.org:5432", "host db.example.org was not found")]
    [InlineData(SocketError.TryAgain, "db.example.org", "host db.example.org was not found")]
    public void A_server_that_is_not_reached_is_named_without_the_same_words_again(SocketError error, string address, string message)
    {
        var problem = DatabaseErrors.Of(new NpgsqlException("Failed to connect", new SocketException((int)error)), address, "app").Problem;

        Assert.Equal((ProblemCode.Unreachable, message, null), (problem.Code, problem.Message, problem.Detail));
    }
}
