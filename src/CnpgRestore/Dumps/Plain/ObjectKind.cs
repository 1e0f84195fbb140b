namespace CnpgRestore.Dumps.Plain;

/// <summary>The kind of object that CREATE or DROP speaks of, in PostgreSQL's words: <c>MATERIALIZED VIEW</c>.</summary>
static class ObjectKind
{
    private static readonly string[] Modifiers =
        ["OR", "REPLACE", "UNIQUE", "UNLOGGED", "TEMPORARY", "TEMP", "GLOBAL", "LOCAL", "RECURSIVE", "CONSTRAINT", "TRUSTED", "PROCEDURAL", "DEFAULT"];

    private static readonly string[][] Compounds =
    [
        ["ACCESS", "METHOD"], ["EVENT", "TRIGGER"], ["FOREIGN", "DATA", "WRAPPER"], ["FOREIGN", "TABLE"], ["MATERIALIZED", "VIEW"],
        ["OPERATOR", "CLASS"], ["OPERATOR", "FAMILY"], ["TEXT", "SEARCH", "CONFIGURATION"], ["TEXT", "SEARCH", "DICTIONARY"],
        ["TEXT", "SEARCH", "PARSER"], ["TEXT", "SEARCH", "TEMPLATE"], ["USER", "MAPPING"],
    ];

    /// <summary>Leaves <paramref name="words"/> behind the kind, before IF EXISTS or the name.</summary>
    public static string Read(ref StatementWords words)
    {
        while (AcceptModifier(ref words))
        {
            // OR REPLACE UNLOGGED ... may stand one behind the other.
        }

        foreach (var compound in Compounds)
        {
            if (words.Accept(compound))
            {
                return string.Join(' ', compound);
            }
        }

        return words.Word();
    }

    private static bool AcceptModifier(ref StatementWords words)
    {
        foreach (var modifier in Modifiers)
        {
            if (words.Accept(modifier))
            {
                return true;
            }
        }

        return false;
    }
}
