using System.Globalization;

namespace CnpgRestore;

/// <summary>A number and what is counted: <c>1 object</c>, <c>2 objects</c>.</summary>
public static class Counted
{
    /// <param name="noun">Of one; it gets an s for more.</param>
    public static string Of(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    /// <param name="one">Behind the number, noun and verb, of one.</param>
    /// <param name="more">The same of none or several.</param>
    public static string Of(long count, string one, string more) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : more)}");
}
