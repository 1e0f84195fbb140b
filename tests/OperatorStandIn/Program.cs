using System.CommandLine;
using System.Diagnostics;
using System.Net;
using CnpgRestore.OperatorStandIn;
using CnpgRestore.OperatorStandIn.GitOps;
using CnpgRestore.OperatorStandIn.Kubernetes;
using CnpgRestore.OperatorStandIn.Webhooks;

var kubeconfig = new Option<string>("--kubeconfig") { Required = true, Description = "Of the Kubernetes to serve; its user must be an administrator." };
var address = new Option<string>("--address") { Required = true, Description = "By which the API server reaches what listens on this machine's 127.0.0.1." };
var image = new Option<string>("--image") { DefaultValueFactory = _ => "localhost/postgres-barman:15", Description = "What pods run whose Cluster names no image of localhost/." };
var version = new Option<string>("--operator-version") { DefaultValueFactory = _ => "1.28.1", Description = "The operator whose ways are followed." };
var owner = new Option<int?>("--owner") { Description = "Ends when the process of this id has ended." };

var root = new RootCommand("A stand-in for the CloudNativePG operator: its real steps with real parts, for one instance per Cluster.") { kubeconfig, address, image, version, owner };
root.SetAction(async (parse, signalled) =>
{
    using var end = CancellationTokenSource.CreateLinkedTokenSource(signalled);
    var ct = end.Token;
    var options = new OperatorOptions(
        parse.GetRequiredValue(kubeconfig), parse.GetRequiredValue(address), parse.GetRequiredValue(image), Version.Parse(parse.GetRequiredValue(version)));
    using var api = KubernetesApi.Connect(options.Kubeconfig);
    var clock = TimeProvider.System;
    await using var webhooks = await WebhookServer.StartAsync(api, IPAddress.Parse(options.Address), clock, ct);
    // One that ends without the others would leave Clusters that nobody looks after.
    var running = Task.WhenAny(new Operator(api, options, clock).RunAsync(ct), new GitOpsLoop(api, clock).RunAsync(ct), OutliveAsync(parse.GetValue(owner), end));
    Console.WriteLine("ready");
    try
    {
        await await running;
    }
    catch (OperationCanceledException) when (ct.IsCancellationRequested)
    {
        // Ended by a signal, or without an owner.
    }
});
return await root.Parse(args).InvokeAsync();

static async Task OutliveAsync(int? owner, CancellationTokenSource end)
{
    if (owner is not { } id)
    {
        // Started by hand: until a signal.
        await Task.Delay(Timeout.Infinite, end.Token);
    }
    else
    {
        using var process = Process.GetProcessById(id);
        await process.WaitForExitAsync(end.Token);
        await end.CancelAsync();
    }
}
