namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>A workload as a person names it: <c>deployment/web</c>, or in another namespace than the Cluster's <c>deployment/web.billing</c>.</summary>
/// <param name="Kind">In lower case: a kind, or the plural that kubectl takes too.</param>
/// <param name="Namespace">Null: the Cluster's.</param>
public readonly record struct AppName(string Kind, string Name, string? Namespace) : IParsable<AppName>
{
    public static AppName Of(ObjectReference reference) => new(reference.Type.Word, reference.Name, reference.Namespace);

    public static AppName Parse(string text, IFormatProvider? provider) =>
        TryParse(text, provider, out var name) ? name : throw new FormatException($"'{text}' is not KIND/NAME or KIND/NAME.NAMESPACE.");

    /// <summary>A name may hold dots where it is a pod's or a StatefulSet's; the namespace, which cannot, is behind the last one.</summary>
    public static bool TryParse(string? text, IFormatProvider? provider, out AppName name)
    {
        name = default;
        if (text?.Split('/') is not [{ Length: > 0 } kind, { Length: > 0 } rest])
        {
            return false;
        }

        var dot = rest.LastIndexOf('.');
        if (dot == 0 || dot == rest.Length - 1)
        {
            return false;
        }

        name = new AppName(kind.ToLowerInvariant(), dot < 0 ? rest : rest[..dot], dot < 0 ? null : rest[(dot + 1)..]);
        return true;
    }

    /// <param name="home">The Cluster's namespace.</param>
    public bool Names(ObjectReference reference, string home) =>
        reference.Name == Name && reference.Namespace == (Namespace ?? home)
        && (Kind == reference.Type.Word || Kind == reference.Type.Plural || Kind == reference.Type.ToString());

    public override string ToString() => Namespace is null ? $"{Kind}/{Name}" : $"{Kind}/{Name}.{Namespace}";
}
