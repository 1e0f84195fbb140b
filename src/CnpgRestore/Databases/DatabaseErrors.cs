using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace CnpgRestore.Databases;

/// <summary>What PostgreSQL or the way to it refuses, in the words of this program (SQLSTATE: PostgreSQL manual, appendix A).</summary>
public static class DatabaseErrors
{
    /// <summary>The session has ended or could not begin: nothing was said about what was asked.</summary>
    public static bool IsLost(NpgsqlException e) =>
        e is not PostgresException answer || answer.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow;

    /// <param name="statement">What was asked; null where the connection itself failed. It must hold no secret.</param>
    public static RestoreException Of(NpgsqlException e, string address, string database, string? statement = null) => e switch
    {
        PostgresException answer => OfServer(answer, address, database, statement),
        { InnerException: AuthenticationException tls } => new RestoreException(
            ProblemCode.AccessDenied, $"Access denied: the certificate of {address} is not trusted", tls.Message, "name the authority that signed it: --to 'postgres://...?sslmode=verify-full&sslrootcert=FILE'", e),
        { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.AddressNotAvailable } } => new RestoreException(
            ProblemCode.Unreachable, $"Connection refused: nothing listens at {address}", null, "look whether PostgreSQL runs there, and whether it listens on that address", e),
        { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } } => new RestoreException(
            ProblemCode.Unreachable, $"host {Host(address)} was not found", null, "check the host name, and the name server of this machine", e),
        { InnerException: SocketException { SocketErrorCode: SocketError.AccessDenied } } => new RestoreException(
            ProblemCode.AccessDenied, $"Permission denied: the socket {address} may not be used", e.InnerException.Message, "run this as a user that may", e),
        _ when e.Message.Contains("No password has been provided", StringComparison.Ordinal) => new RestoreException(
            ProblemCode.AccessDenied, $"Access denied: {address} wants a password", "none is in PGPASSWORD or in the file of PGPASSFILE", "set PGPASSWORD, or write ~/.pgpass", e),
        _ => new RestoreException(
            ProblemCode.Unreachable, $"PostgreSQL at {address} does not answer", e.InnerException is { } inner ? $"{e.Message}: {inner.Message}" : e.Message, "look at its log", e),
    };

    // Without the port, which nobody asked a name server for.
    private static string Host(string address) => address.LastIndexOf(':') is > 0 and var colon ? address[..colon] : address;

    private static RestoreException OfServer(PostgresException e, string address, string database, string? statement)
    {
        var said = e.Detail is null ? e.MessageText : $"{e.MessageText}: {e.Detail}";
        return e.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => new RestoreException(
                ProblemCode.AccessDenied, $"Access denied: {address} does not let this user in", said, "check the user of --to, PGPASSWORD and pg_hba.conf", e),
            PostgresErrorCodes.InvalidCatalogName => new RestoreException(
                ProblemCode.NotFound, $"database {database} does not exist on {address}", said, "psql --list shows those that are there", e),
            PostgresErrorCodes.InsufficientPrivilege => new RestoreException(
                ProblemCode.AccessDenied, $"Permission denied in database {database} on {address}", Asked(said, statement), "connect as a superuser", e),
            // A session that begins on a full disk cannot write its copy of the catalogue (src/backend/utils/cache/relcache.c).
            PostgresErrorCodes.DiskFull or PostgresErrorCodes.InternalError when e.SqlState == PostgresErrorCodes.DiskFull || e.MessageText == "could not write init file" => new RestoreException(ProblemCode.Stopped, $"No space left on the disk of {address}", said, "make room there, then run the same command again", e),
            PostgresErrorCodes.TooManyConnections => new RestoreException(ProblemCode.Unreachable, $"{address} has no connection left", said, "stop the applications first", e),
            PostgresErrorCodes.CannotConnectNow => new RestoreException(ProblemCode.Unreachable, $"PostgreSQL at {address} is not ready", said, "wait until it is; its log tells what it does", e),
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => new RestoreException(
                ProblemCode.Unreachable, $"PostgreSQL at {address} ended the session", said, "look at its log, then run the same command again", e),
            _ => new RestoreException(ProblemCode.Stopped, $"PostgreSQL at {address} refuses, in database {database}", Asked(said, statement), "fix the cause, then run the same command again", e),
        };
    }

    private static string Asked(string said, string? statement) => statement is null ? said : $"{said} (asked: {string.Join(' ', statement.Split('\n', StringSplitOptions.TrimEntries))})";
}
