namespace CnpgRestore.Plans.FromDump;

/// <summary>A database that is made because there is none of its name.</summary>
/// <param name="Options">Of CREATE DATABASE: encoding and locale. What is not among them is as in template0.</param>
public sealed record NewDatabase(string Owner, IReadOnlyDictionary<string, string> Options);
