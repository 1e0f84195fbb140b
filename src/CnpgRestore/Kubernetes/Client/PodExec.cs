using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>
/// A command in a container, over a web socket: the first byte of a message is the stream that it belongs to (Kubernetes,
/// staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go).
/// </summary>
sealed class PodExec(ApiRequests requests, string ns, string pod, string container)
{
    private const byte Input = 0;
    internal const byte Output = 1;
    internal const byte Error = 2;
    internal const byte Status = 3;
    private const byte Close = 255;
    private const int MessageSize = 32 << 10;

    /// <param name="canCloseInput">The server speaks version 5 of the protocol, which has a message for it.</param>
    public async Task<ExecResult> RunAsync(IReadOnlyList<string> command, Stream? stdin, bool canCloseInput, CancellationToken ct)
    {
        // The rest of the input is read by cat: containerd 1.4 waits for ever to hand over what a command that has ended did not read.
        var words = stdin is null || canCloseInput
            ? command
            : ["sh", "-c", $"head -c {Length(stdin)} | {{ \"$@\"; code=$?; cat >/dev/null; exit $code; }}", "sh", .. command];
        var request = Request(words, stdin is null ? "" : "&stdin=true");
        using var socket = await requests.OpenWebSocketAsync(request, stdin is not null && canCloseInput ? "v5.channel.k8s.io" : "v4.channel.k8s.io", stdin is not null, ct);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var sending = stdin is null ? Task.CompletedTask : SendAsync(socket, stdin, canCloseInput, ended.Token);
        try
        {
            return await ReceiveAsync(socket, request, ct);
        }
        finally
        {
            await ended.CancelAsync();
            await sending;
        }
    }

    /// <summary>Begins a command whose output is read while it runs.</summary>
    public async Task<ExecOutput> OpenAsync(IReadOnlyList<string> command, CancellationToken ct)
    {
        var request = Request(command, "");
        var output = new ExecOutput(await requests.OpenWebSocketAsync(request, "v4.channel.k8s.io", false, ct), request);
        try
        {
            await output.BeginAsync(ct);
            return output;
        }
        catch
        {
            await output.DisposeAsync();
            throw;
        }
    }

    private ApiRequest Request(IReadOnlyList<string> words, string more)
    {
        var query = string.Concat(words.Select(word => $"&command={Uri.EscapeDataString(word)}"));
        return new ApiRequest(
            HttpMethod.Get,
            $"{ResourceTypes.Pods.PathIn(ns, pod, "exec")}?container={Uri.EscapeDataString(container)}&stdout=true&stderr=true{more}{query}",
            "get",
            ResourceTypes.Pods) { Namespace = ns, Name = pod, Subresource = "exec" };
    }

    /// <summary>Sends until the end, or until the command has ended without reading it all.</summary>
    private static async Task SendAsync(ClientWebSocket socket, Stream stdin, bool closes, CancellationToken ct)
    {
        var message = new byte[MessageSize];
        message[0] = Input;
        try
        {
            while (await stdin.ReadAsync(message.AsMemory(1), ct) is > 0 and var count)
            {
                await socket.SendAsync(message.AsMemory(0, count + 1), WebSocketMessageType.Binary, endOfMessage: true, ct);
            }

            if (closes)
            {
                await socket.SendAsync(new[] { Close, Input }, WebSocketMessageType.Binary, true, ct);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // How the command ended is what counts; it is read at the same time.
        }
    }

    private async Task<ExecResult> ReceiveAsync(ClientWebSocket socket, ApiRequest request, CancellationToken ct)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        try
        {
            await using var messages = new ChannelReader(socket);
            while (await messages.NextAsync(ct) is { } part)
            {
                switch (part.Channel)
                {
                    case Output:
                        Keep(output, part.Data.Span);
                        break;
                    case Error:
                        Keep(error, part.Data.Span);
                        break;
                    case Status:
                        return new ExecResult(ExitCode(part.Data.Span, request), Text(output), Text(error));
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            // A line that is found dead is reported as a cancellation, too.
            throw Broken(e);
        }

        throw Broken(null);

        RestoreException Broken(Exception? e) => new(
            ProblemCode.Unreachable,
            $"the connection to container {container} of pod {pod} broke while a command ran in it",
            "whether the command ran to its end is not known",
            $"look at the pod with 'kubectl get pod {pod} -n {ns}', then run the same command again",
            e);
    }

    /// <summary>The last message: a Status whose cause is the exit code, where the command did not end with 0.</summary>
    internal static int ExitCode(ReadOnlySpan<byte> message, ApiRequest request)
    {
        var status = JsonNode.Parse(message);
        if (status.Text("status") == "Success")
        {
            return 0;
        }

        var code = status.Items("details", "causes").FirstOrDefault(cause => cause.Text("reason") == "ExitCode").Text("message");
        return int.TryParse(code, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new RestoreException(ProblemCode.Refused, $"the command was not started: {request.What}", status.Text("message"), null,
                new ApiStatusException(ApiStatus.Read(HttpStatusCode.InternalServerError, Encoding.UTF8.GetString(message), null)));
    }

    private static void Keep(MemoryStream kept, ReadOnlySpan<byte> data) =>
        kept.Write(data[..(int)Math.Min(data.Length, ExecResult.Limit - kept.Length)]);

    private static string Text(MemoryStream kept) => Encoding.UTF8.GetString(kept.GetBuffer().AsSpan(0, (int)kept.Length));

    private static string Length(Stream stdin) => stdin.CanSeek
        ? (stdin.Length - stdin.Position).ToString(CultureInfo.InvariantCulture)
        : throw new ArgumentException("Kubernetes before 1.30 needs an input of known length", nameof(stdin));
}
