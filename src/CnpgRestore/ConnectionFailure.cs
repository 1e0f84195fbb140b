using System.Net.Sockets;

namespace CnpgRestore;

/// <summary>Why a server did not answer.</summary>
static class ConnectionFailure
{
    /// <summary>For the end of a message: "... cannot be reached: Connection refused".</summary>
    public static string Reason(Exception e) => Find<SocketException>(e)?.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "Connection refused",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "the host name does not resolve",
        SocketError.TimedOut => "the connection timed out",
        _ when Find<TimeoutException>(e) is not null || Find<OperationCanceledException>(e) is not null => "no answer in time",
        _ => (e.InnerException ?? e).Message,
    };

    /// <summary>The outermost exception of a type among an exception and its causes.</summary>
    public static T? Find<T>(Exception? e)
        where T : Exception
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is T found)
            {
                return found;
            }
        }

        return null;
    }
}
