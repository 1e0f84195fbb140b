using System.Text;

namespace CnpgRestore.Dumps.Plain;

/// <summary>
/// Tells whether a semicolon belongs to the body of <c>CREATE FUNCTION ... BEGIN ATOMIC ...; END</c>, by counting words as psql does
/// (src/fe_utils/psqlscan.l, <c>begin_depth</c>); but a function may be called begin, which psql stumbles over.
/// </summary>
sealed class RoutineBody
{
    private enum Head
    {
        Start,
        Create,
        CreateOr,
        CreateOrReplace,
        Routine,
        Other,
    }

    private Head _head;
    private bool _afterBegin;
    private int _depth;

    public bool IsOpen => _depth > 0;

    public void Reset() => (_head, _afterBegin, _depth) = (Head.Start, false, 0);

    /// <summary>The next word outside of quotes and parentheses.</summary>
    public void See(ReadOnlySpan<byte> word)
    {
        if (_head == Head.Routine)
        {
            if (IsOpen ? Is(word, "CASE") : _afterBegin && Is(word, "ATOMIC"))
            {
                _depth++;
            }
            else if (IsOpen && Is(word, "END"))
            {
                _depth--;
            }

            _afterBegin = Is(word, "BEGIN");
        }
        else if (_head != Head.Other)
        {
            _head = (_head, Is(word, "FUNCTION") || Is(word, "PROCEDURE")) switch
            {
                (Head.Start, _) when Is(word, "CREATE") => Head.Create,
                (Head.Create or Head.CreateOrReplace, true) => Head.Routine,
                (Head.Create, false) when Is(word, "OR") => Head.CreateOr,
                (Head.CreateOr, _) when Is(word, "REPLACE") => Head.CreateOrReplace,
                _ => Head.Other,
            };
        }
    }

    private static bool Is(ReadOnlySpan<byte> word, string keyword) => Ascii.EqualsIgnoreCase(word, keyword);
}
