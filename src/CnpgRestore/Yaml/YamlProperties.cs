namespace CnpgRestore.Yaml;

/// <summary>The anchor and the tag in front of a node: <c>&amp;name !!str value</c>.</summary>
static class YamlProperties
{
    /// <summary>The text of the node behind its anchor and tag.</summary>
    public static string Without(YamlNode node, string text) => text[ContentStart(node, text)..node.End];

    /// <summary>Offset of the node itself, behind its anchor and tag.</summary>
    public static int ContentStart(YamlNode node, string text)
    {
        var offset = node.Start;
        while (offset < node.End && text[offset] is '&' or '!')
        {
            while (offset < node.End && !char.IsWhiteSpace(text[offset]))
            {
                offset++;
            }

            while (offset < node.End && char.IsWhiteSpace(text[offset]))
            {
                offset++;
            }
        }

        return offset;
    }
}
