namespace CnpgRestore.Plans;

/// <summary>Names of server folders as a person gives them.</summary>
public static class ServerFolderName
{
    public const string Rule = "a server folder is one name without slashes, as it stands in the Cluster's serverName; a path inside the bucket belongs to --bucket s3://NAME/path";

    /// <summary>Whether it can be a folder right below the bucket's root, or its path.</summary>
    public static bool IsOne(string name) => name.Length > 0 && !name.Contains('/', StringComparison.Ordinal) && name is not ("." or "..");

    /// <param name="what">The argument or option that gives it: <c>SOURCE</c>.</param>
    /// <param name="example">A command with names as they should be.</param>
    /// <exception cref="RestoreException">Exit 2: it is none.</exception>
    public static void Demand(string name, string what, string example)
    {
        if (!IsOne(name))
        {
            throw new RestoreException(ProblemCode.Usage, $"'{name}' is not a folder name for {what}", Rule, example);
        }
    }
}
