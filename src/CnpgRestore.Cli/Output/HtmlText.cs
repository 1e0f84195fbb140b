using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace CnpgRestore.Cli.Output;

/// <summary>Builds a page from interpolated strings: what stands between braces is always encoded, so that no name of a table can become markup.</summary>
sealed class HtmlText
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private readonly StringBuilder _text = new();

    public void Add(Encoded markup) => _text.Append(markup);

    /// <summary>Markup without any value in it.</summary>
    public void AddMarkup(string markup) => _text.Append(markup);

    public override string ToString() => _text.ToString();

    [InterpolatedStringHandler]
    public sealed class Encoded(int literalLength, int formattedCount)
    {
        private const int UsualValue = 16;
        private readonly StringBuilder _text = new(literalLength + (formattedCount * UsualValue));

        public void AppendLiteral(string markup) => _text.Append(markup);

        public void AppendFormatted<T>(T value) => _text.Append(Encoder.Encode(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""));

        public void AppendFormatted<T>(T value, string format)
            where T : IFormattable => _text.Append(Encoder.Encode(value.ToString(format, CultureInfo.InvariantCulture)));

        public override string ToString() => _text.ToString();
    }
}
