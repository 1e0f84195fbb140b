using System.Globalization;
using System.Security.Cryptography;

namespace CnpgRestore.Runs;

/// <summary>Names one run, sorts by time, and is the journal's file name: <c>20261122t140000z-rename-4f2a</c>.</summary>
public readonly record struct RunId(string Value)
{
    public static RunId Create(string command, TimeProvider clock)
    {
        var time = clock.GetUtcNow().ToString("yyyyMMdd't'HHmmss'z'", CultureInfo.InvariantCulture);
        return new RunId($"{time}-{command}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}");
    }

    public override string ToString() => Value;
}
