using CnpgRestore.Diagnosis;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Diagnosis;

/// <summary>
/// Somebody who types what doctor prints, word by word, into a shell with cnpg-restore and kubectl, and knows nothing else. Questions are answered
/// with yes.
/// </summary>
sealed class Person : IDisposable
{
    private readonly TemporaryFolder _folder = new("person");
    private readonly Dictionary<string, string> _environment;

    public Person(KubernetesServer server)
    {
        var bin = Directory.CreateDirectory(Path.Combine(Folder, "bin")).FullName;
        // There is no terminal: whoever is asked has said yes before.
        Write(Path.Combine("bin", "cnpg-restore"), $"""
            #!/bin/sh
            case $1 in from-backup|from-dump|apps|runs) exec '{NativeProgram.Path}' "$@" --yes ;; *) exec '{NativeProgram.Path}' "$@" ;; esac
            """);
        Write(Path.Combine("bin", "kubectl"), $"""
            #!/bin/sh
            exec '{server.Kubectl().Program}' --cache-dir '{Folder}/cache' "$@"
            """);
        _environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{bin}:{CnpgRestore.EnvironmentVariables.SearchPath}",
            ["HOME"] = Folder,
            ["KUBECONFIG"] = server.Kubeconfig,
            ["KUBE_EDITOR"] = Path.Combine(Folder, "editor"),
            ["CNPG_RESTORE_STATE"] = Path.Combine(Folder, "state"),
        };
    }

    /// <summary>Where the commands are typed, and <c>cluster.yaml</c> lies.</summary>
    public string Folder => _folder.Path;

    public void Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        using (var writer = new StreamWriter(path))
        {
            writer.Write(text);
        }

        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
    }

    /// <param name="command">As printed.</param>
    public ToolCommand Typing(string command, Repair repair)
    {
        Write("editor", $"""
            #!/bin/sh
            sed -i -E -e '{repair.Edit ?? "s/never changed/never/"}' "$1"
            """);
        foreach (var (word, value) in repair.Fill)
        {
            command = command.Replace(word, value, StringComparison.Ordinal);
        }

        return new ToolCommand("bash", "-c", $"set -euo pipefail; cd '{Folder}'; {command}") { Environment = _environment, Timeout = TimeSpan.FromMinutes(8) };
    }

    /// <summary>Types the commands of the findings that are to be followed, each as the last look prints it, and looks again until nothing is left of them.</summary>
    public async Task<Repaired> FollowAsync(Verdict verdict, Repair repair, Func<Task<Examination>> look, CancellationToken ct)
    {
        var typed = new List<string>();
        foreach (var id in repair.Follow)
        {
            if (verdict.Findings.FirstOrDefault(finding => finding.Id == id)?.Command is not { } command)
            {
                return new Repaired(verdict, [.. typed, $"doctor prints no command for {id}"], IsFollowed: false);
            }

            var result = await ToolProcess.RunAsync(Typing(command, repair), ct);
            typed.Add($"$ {command}\n{result.Output}{result.Error}exit code {result.ExitCode}");
            if (result.ExitCode != 0)
            {
                return new Repaired(verdict, typed, IsFollowed: false);
            }

            verdict = Verdict.On(await look());
        }

        // What a command has begun, the operator ends.
        var deadline = Task.Delay(TimeSpan.FromMinutes(4), ct);
        while (repair.Remains(verdict).Any() && !deadline.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), ct);
            verdict = Verdict.On(await look());
        }

        return new Repaired(verdict, typed, IsFollowed: true);
    }

    public void Dispose() => _folder.Dispose();
}
