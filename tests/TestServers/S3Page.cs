using System.Globalization;
using System.Xml.Linq;
using Amazon.S3.Model;

namespace CnpgRestore.TestServers;

/// <summary>One page of a listing, as stores with other habits than the real one would answer it.</summary>
public sealed class S3Page(S3Answer answer)
{
    private readonly XDocument _document = XDocument.Parse(answer.Text);

    private XElement Root => _document.Root!;

    private XNamespace Names => Root.Name.Namespace;

    public S3Answer ToAnswer() => answer.WithText(_document.ToString(SaveOptions.DisableFormatting));

    /// <summary>The last entry comes first, and some come twice.</summary>
    public void DisorderAndRepeat()
    {
        var entries = Root.Elements().Where(element => element.Name.LocalName is "Contents" or "CommonPrefixes").ToList();
        entries.ForEach(element => element.Remove());
        Root.Add(entries.AsEnumerable().Reverse().Concat(entries.Take(50)).Select(element => new XElement(element)));
    }

    /// <summary>The listing lags behind: it does not show an object that is there.</summary>
    public void Hide(string key) => Root.Elements(Names + "Contents").Where(item => item.Element(Names + "Key")!.Value == key).Remove();

    /// <summary>The listing lags behind: it shows an object that is no more.</summary>
    public void Show(S3Object item, string key)
    {
        Hide(key);
        if (Root.Element(Names + "Prefix")!.Value == key[..(key.LastIndexOf('/') + 1)])
        {
            Root.Add(new XElement(
                Names + "Contents",
                new XElement(Names + "Key", key),
                new XElement(Names + "LastModified", item.LastModified!.Value.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
                new XElement(Names + "ETag", item.ETag),
                new XElement(Names + "Size", item.Size!.Value)));
        }
    }

    /// <summary>As a lifecycle rule leaves it: the object is there, and nobody can read it before it is restored.</summary>
    public void Archive(string key, string storageClass)
    {
        foreach (var item in Root.Elements(Names + "Contents").Where(item => item.Element(Names + "Key")!.Value == key))
        {
            item.SetElementValue(Names + "StorageClass", storageClass);
        }
    }

    public void ChangeETags()
    {
        foreach (var tag in Root.Descendants(Names + "ETag"))
        {
            tag.Value = tag.Value.Replace("\"", "", StringComparison.Ordinal).Insert(0, "0000");
        }
    }
}
