using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CnpgRestore.Runs;

/// <summary>One run per subject on this machine. The kernel releases it when the process ends, however it ends (flock(2)).</summary>
public sealed class RunLock : IDisposable
{
    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <exception cref="RestoreException">Exit 11: another process holds it; the detail tells which.</exception>
    public static RunLock Take(StateFolder state, string subject)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject)))[..16];
        var path = Path.Combine(state.Locks, name);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (DiskErrors.Find(e) is null)
        {
            throw new RestoreException(
                ProblemCode.Locked,
                $"another run holds {subject}",
                File.Exists(HolderOf(path)) ? File.ReadAllText(HolderOf(path)).Trim() : null,
                "wait until it ends; a run that was killed holds nothing",
                e);
        }

        // Beside the lock: .NET asks for a shared lock to read a file, which the holder of this one refuses.
        File.WriteAllBytes(HolderOf(path), Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName}: {subject}\n")));
        return new RunLock(file);
    }

    public void Dispose() => _file.Dispose();

    private static string HolderOf(string path) => $"{path}.holder";
}
