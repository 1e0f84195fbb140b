using System.Net.Sockets;

namespace CnpgRestore.Tests;

public sealed class ConnectionFailureTests
{
    public static TheoryData<Exception, string> Failures => new()
    {
        { new HttpRequestException("x", new SocketException((int)SocketError.ConnectionRefused)), "Connection refused" },
        { new HttpRequestException("x", new IOException("y", new SocketException((int)SocketError.HostNotFound))), "the host name does not resolve" },
        { new SocketException((int)SocketError.NoData), "the host name does not resolve" },
        { new SocketException((int)SocketError.TryAgain), "the host name does not resolve" },
        { new SocketException((int)SocketError.TimedOut), "the connection timed out" },
        { new HttpRequestException("x", new TimeoutException()), "no answer in time" },
        { new TaskCanceledException(), "no answer in time" },
        { new HttpRequestException("outer", new IOException("inner")), "inner" },
        { new IOException("alone"), "alone" },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void The_reason_is_the_innermost_that_a_person_can_act_on(Exception failure, string reason) => Assert.Equal(reason, ConnectionFailure.Reason(failure));
}
