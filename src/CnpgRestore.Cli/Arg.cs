using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using CnpgRestore.Plans;

namespace CnpgRestore.Cli;

/// <summary>Options whose type parses itself: no reflection, and an absent option is null.</summary>
static class Arg
{
    public static Option<T?> Option<T>(string name, string description, string example)
        where T : struct, IParsable<T> => new(name)
        {
            Description = description,
            HelpName = example,
            CustomParser = result =>
            {
                var text = result.Tokens[^1].Value;
                if (T.TryParse(text, CultureInfo.InvariantCulture, out var value))
                {
                    return value;
                }

                result.AddError($"'{text}' is not valid for {name}; expected something like {example}.");
                return null;
            },
        };

    /// <summary>A length of time. What stands in its place in the help is no value, which could be taken for the default.</summary>
    public static Option<Duration?> Length(string name, string description, string example)
    {
        var option = Option<Duration>(name, description, example);
        option.HelpName = "DURATION";
        return option;
    }

    /// <summary>One of a few words, in any case: the names of <typeparamref name="T"/>, or those of them that are meant.</summary>
    public static Option<T?> Choice<T>(string name, string[] aliases, string description, params string[] words)
        where T : struct, Enum
    {
        var option = new Option<T?>(name, aliases)
        {
            Description = description,
            HelpName = string.Join('|', words),
            CustomParser = result => ToWord(result, name, words) is { } word ? Enum.Parse<T>(word, ignoreCase: true) : null,
        };
        // Without this, the names of all its values are offered, with capitals.
        option.CompletionSources.Clear();
        option.CompletionSources.Add(words);
        return option;
    }

    /// <summary>One of a few words, in any case; null where it is not given.</summary>
    public static Option<string?> Word(string name, string description, params string[] words)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = string.Join('|', words), CustomParser = result => ToWord(result, name, words) };
        option.CompletionSources.Add(words);
        return option;
    }

    /// <summary>As typed, or as it should be: one of a few words.</summary>
    public static Argument<string> WordArgument(string name, string description, params string[] words)
    {
        var argument = new Argument<string>(name) { Description = description, CustomParser = result => ToWord(result, name, words) };
        argument.CompletionSources.Add(words);
        return argument;
    }

    /// <summary><c>--report</c>, a page of evidence where nothing else is said.</summary>
    public static Option<string?> Report(string description = "Write the evidence as one self-contained HTML page.", string file = "FILE.html") => NewFile("--report", description, file);

    /// <summary>The name of a server folder.</summary>
    public static Option<string?> ServerFolder(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "NAME" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var folder }, ..] && !ServerFolderName.IsOne(folder))
            {
                result.AddError($"'{folder}' is not a folder name for {name}: {ServerFolderName.Rule}");
            }
        });
        return option;
    }

    /// <summary>A file that is written at the end: that it cannot be is said at the beginning.</summary>
    public static Option<string?> NewFile(string name, string description, string file)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = file };
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [{ Value: { Length: > 0 } path }, ..])
            {
                return;
            }

            if (Directory.Exists(path))
            {
                result.AddError($"{name} {path} is a folder; name a file in it");
            }
            else if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            {
                result.AddError($"the folder of {name} {path} does not exist");
            }
        });
        return option;
    }

    /// <param name="most">The least is 1.</param>
    public static Option<int> Count(string name, string[] aliases, string description, int byDefault, int most) => new(name, aliases)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => byDefault,
        CustomParser = result => ToCount(result, name, most) ?? byDefault,
    };

    /// <summary>The same; null where it is not given.</summary>
    public static Option<int?> Count(string name, string[] aliases, string description, int most) => new(name, aliases)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => ToCount(result, name, most),
    };

    /// <summary>
    /// What options and arguments say together. An option whose value is missing or not understood throws here, before the parser comes to
    /// it: then nothing is checked, and the parser reports the option.
    /// </summary>
    public static void Check(this Command command, Action<CommandResult> check) => command.Validators.Add(result =>
    {
        try
        {
            check(result);
        }
        catch (InvalidOperationException)
        {
        }
    });

    /// <summary>Those of the options that were given, name and value, as they were typed.</summary>
    public static IEnumerable<string> Words(ParseResult parse, IEnumerable<Option> options) =>
        from option in options
        let result = parse.GetResult(option)
        where result is { Implicit: false }
        from word in result.Tokens.Select(token => token.Value).Prepend(result.IdentifierToken?.Value ?? option.Name)
        select word;

    private static string? ToWord(ArgumentResult result, string name, string[] words)
    {
        var text = result.Tokens[^1].Value;
        var word = words.FirstOrDefault(word => string.Equals(word, text, StringComparison.OrdinalIgnoreCase));
        if (word is null)
        {
            result.AddError($"'{text}' is not valid for {name}; choose one of {string.Join(", ", words)}.");
        }

        return word;
    }

    private static int? ToCount(ArgumentResult result, string name, int most)
    {
        if (int.TryParse(result.Tokens[^1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= most)
        {
            return value;
        }

        result.AddError($"{name} takes a number from 1 to {most}.");
        return null;
    }
}
