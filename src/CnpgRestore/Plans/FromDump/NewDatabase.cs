namespace CnpgRestore.Plans.FromDump;

/// <summary>A database that is made because there is none of its name.</summary>
/// <param name="Comment">Of the database, by the dump; it is given when the run is committed, since until then the run's own word stands there.</param>
/// <param name="Options">Of CREATE DATABASE: encoding and locale. What is not among them is as in template0.</param>
public sealed record NewDatabase(string Owner, IReadOnlyDictionary<string, string> Options, string? Comment = null);
