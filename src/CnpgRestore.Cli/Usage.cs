using System.CommandLine;
using System.CommandLine.Parsing;

namespace CnpgRestore.Cli;

/// <summary>What is wrong with a command line, and what was perhaps meant. The parser takes what begins with a dash for a value where one is missing, and names what follows.</summary>
static class Usage
{
    /// <summary>The commands that lead to the one that was typed: <c>cnpg-restore backups list</c>.</summary>
    public static string CommandName(ParseResult parse)
    {
        var names = new Stack<string>();
        for (SymbolResult? result = parse.CommandResult; result is CommandResult command; result = result.Parent)
        {
            names.Push(command.Command.Name);
        }

        return string.Join(' ', names);
    }

    /// <summary>Whether only commands were typed that have commands of their own: there is nothing to do but to list these.</summary>
    public static bool IsBare(ParseResult parse) => IsGroup(parse) && parse.Tokens.All(token => token.Type == TokenType.Command);

    /// <summary>Null for a command line that can be run.</summary>
    public static Problem? ProblemOf(ParseResult parse)
    {
        if (IsCompletion(parse))
        {
            return null;
        }

        var typed = CommandName(parse);
        if (parse.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).FirstOrDefault(IsUnknownOption) is { Value: var option })
        {
            return OfOption(parse, option.Split('=')[0], typed);
        }

        if (Symbols(parse).FirstOrDefault(found => found.Tokens.Any(token => token.Value.Length == 0)) is { } empty)
        {
            return new Problem(ProblemCode.Usage, $"{NameOf(empty)} has an empty value", "a variable of the shell may not be set", $"{typed} --help");
        }

        if (IsGroup(parse) && parse.UnmatchedTokens is [var word, ..])
        {
            var nearest = Nearest(word, parse.CommandResult.Command.Subcommands.Where(command => !command.Hidden).Select(command => command.Name));
            return new Problem(ProblemCode.Usage, $"unknown command '{word}' for {typed}", nearest is null ? null : $"did you mean '{typed} {nearest}'?", $"{typed} --help");
        }

        var errors = parse.Errors.Select(error => error.Message.TrimEnd('.')).ToList();
        return errors.Count == 0 ? null : new Problem(ProblemCode.Usage, errors[0], errors.Count > 1 ? string.Join("; ", errors.Skip(1)) : null, $"{typed} --help");
    }

    // A shell asks for the next word of a line, which is an argument here and need not be whole.
    private static bool IsCompletion(ParseResult parse) => parse.Tokens is [{ Type: TokenType.Directive, Value: var directive }, ..] && directive.StartsWith("[suggest", StringComparison.Ordinal);

    private static Problem OfOption(ParseResult parse, string option, string typed)
    {
        if (Symbols(parse).OfType<OptionResult>().FirstOrDefault(found => found.Tokens.Any(token => token.Value == option)) is { } taker)
        {
            return new Problem(ProblemCode.Usage, $"{NameOf(taker)} has no value", $"{option} stands where it should be; a variable of the shell may not be set", $"{typed} --help");
        }

        // Those of kubectl may stand in front of the command; here they belong behind it.
        if (Options(parse.CommandResult.Command).Any(known => known.Name == option || known.Aliases.Contains(option)))
        {
            return new Problem(ProblemCode.Usage, $"{option} stands in the wrong place", $"options of a command are written behind it, and each value behind its option: {typed} ... {option} ...", $"{typed} --help");
        }

        var nearest = Nearest(option, Options(parse.CommandResult.Command).Where(known => !known.Hidden).Select(known => known.Name));
        return new Problem(ProblemCode.Usage, $"unknown option {option} for {typed}", nearest is null ? null : $"did you mean {nearest}?", $"{typed} --help");
    }

    /// <summary>Options and arguments of the command and of those above it, as far as they were typed.</summary>
    private static IEnumerable<SymbolResult> Symbols(ParseResult parse)
    {
        for (SymbolResult? result = parse.CommandResult; result is CommandResult command; result = result.Parent)
        {
            foreach (var child in command.Children.Where(child => child is OptionResult { Implicit: false } or ArgumentResult))
            {
                yield return child;
            }
        }
    }

    private static string NameOf(SymbolResult result) => result switch
    {
        OptionResult option => option.IdentifierToken?.Value ?? option.Option.Name,
        ArgumentResult argument => argument.Argument.Name,
        _ => "",
    };

    private static bool IsGroup(ParseResult parse) => parse.CommandResult.Command is { Action: null, Subcommands.Count: > 0 };

    // A number below zero and the dash for standard input are values; nothing else that begins with a dash is.
    private static bool IsUnknownOption(Token token) => token is { Type: TokenType.Argument, Value: ['-', not (>= '0' and <= '9'), ..] };

    private static IEnumerable<Option> Options(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(Options).Where(option => option.Recursive));

    /// <summary>The word that takes the fewest changes, if these are few; or the only one that begins like it.</summary>
    private static string? Nearest(string word, IEnumerable<string> words)
    {
        var near = words.Select(known => (known, distance: Distance(word, known))).OrderBy(pair => pair.distance).ToList();
        return near is [var best, ..] && best.distance <= Math.Max(1, word.Length / 3) ? best.known
            : near.Where(pair => pair.known.StartsWith(word, StringComparison.Ordinal)).ToList() is [var only] ? only.known
            : null;
    }

    /// <summary>Letters to be inserted, left out or replaced (Levenshtein).</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 0; i < one.Length; i++)
        {
            var (diagonal, above) = (row[0], row[0] + 1);
            row[0] = above;
            for (var j = 0; j < other.Length; j++)
            {
                var cost = Math.Min(diagonal + (one[i] == other[j] ? 0 : 1), Math.Min(row[j], row[j + 1]) + 1);
                (diagonal, row[j + 1]) = (row[j + 1], cost);
            }
        }

        return row[^1];
    }
}
