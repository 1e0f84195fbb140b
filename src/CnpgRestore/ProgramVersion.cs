using System.Reflection;

namespace CnpgRestore;

/// <summary>Of this program, as <c>--version</c> prints it.</summary>
static class ProgramVersion
{
    public static string Own { get; } = typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
