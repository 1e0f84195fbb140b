using Xunit.Sdk;
using Xunit.v3;

namespace CnpgRestore.TestServers;

/// <summary>
/// Begins with those that take longest, so that at the end of a run no test goes on alone for minutes. The others keep the order that they have
/// without this.
/// </summary>
/// <param name="names">Of collections: that of the class, as much of its namespace as it needs to be the only one, or that of a collection fixture.</param>
public abstract class LongestFirst(params string[] names) : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection
    {
        var others = DefaultTestCollectionOrderer.Instance.OrderTestCollections(testCollections);
        return [.. others.OrderBy(collection => Array.FindIndex(names, name => IsNamed(collection.TestCollectionDisplayName, name)) is >= 0 and var place ? place : names.Length)];
    }

    /// <summary>Those names that no collection bears, as after a class was renamed.</summary>
    public IEnumerable<string> NamesOfNone(System.Reflection.Assembly tests) =>
        names.Where(name => !tests.GetTypes().Any(type => IsNamed(type.FullName!, name)));

    // A class without a collection of its own has one of the name "Test collection for Namespace.Class (id: ...)".
    private static bool IsNamed(string display, string name) => $".{display} ".Contains($".{name} ", StringComparison.Ordinal);
}
