namespace CnpgRestore.Tests;

/// <summary>Tests that measure the memory of the process: nothing else may use any meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
