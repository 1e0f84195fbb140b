using System.Globalization;

namespace CnpgRestore.Tests.Fuzz;

/// <summary>How many damaged inputs each reader gets, and which: set them for <c>make fuzz</c>.</summary>
#pragma warning disable RS0030 // The one file of this assembly that reads the environment.
static class FuzzSettings
{
    /// <summary>For each reader; <c>FUZZ</c>. Continuous integration gives them ten times as many as a run at a desk.</summary>
    public static int Inputs { get; } = Read("FUZZ") ?? (Environment.GetEnvironmentVariable("CI") == "true" ? 10_000 : 1_000);

    /// <summary>The inputs follow from this number alone; <c>FUZZ_SEED</c>. Fixed, so that a test run does not fail by chance.</summary>
    public static int Seed { get; } = Read("FUZZ_SEED") ?? 20_261_128;

    /// <summary>Only the input with this number, to look at a failure again; <c>FUZZ_INPUT</c>.</summary>
    public static int? Only { get; } = Read("FUZZ_INPUT");

    private static int? Read(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : null;
}
