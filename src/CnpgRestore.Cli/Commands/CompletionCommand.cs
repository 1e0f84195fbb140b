using System.CommandLine;

namespace CnpgRestore.Cli.Commands;

/// <summary>
/// <c>completion bash|zsh|fish</c>: a script that makes the shell complete command lines. It asks this program, whose parser answers a line that
/// begins with <c>[suggest:POSITION]</c>; where it knows nothing, the shell offers files.
/// </summary>
static class CompletionCommand
{
    private const string Bash =
        """
        # Completion of cnpg-restore for bash: source <(cnpg-restore completion bash)
        _cnpg_restore() {
          local word=${COMP_WORDS[COMP_CWORD]} offered
          offered=$(cnpg-restore "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null | grep -v '^/\|^-?')
          [[ $word == -* ]] || offered=$(grep -v '^-' <<<"$offered")
          COMPREPLY=($(compgen -W "$offered" -- "$word"))
        }
        complete -o default -F _cnpg_restore cnpg-restore
        """;

    private const string Zsh =
        """
        #compdef cnpg-restore
        # Completion of cnpg-restore for zsh: source <(cnpg-restore completion zsh)
        _cnpg_restore() {
          local -a offered
          offered=(${(f)"$(cnpg-restore "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null | grep -v '^/\|^-?')"})
          [[ $PREFIX == -* ]] || offered=(${offered:#-*})
          if (( $#offered )); then compadd -a offered; else _files; fi
        }
        compdef _cnpg_restore cnpg-restore
        """;

    private const string Fish =
        """
        # Completion of cnpg-restore for fish: cnpg-restore completion fish | source
        function __cnpg_restore_offered
          set -l line (commandline -cp)
          set -l offered (cnpg-restore "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null | string match -rv '^/|^-\?')
          string match -q -- '-*' (commandline -ct); or set offered (string match -v -- '-*' $offered)
          string match -r '.+' -- $offered
        end
        complete -c cnpg-restore -f -n 'count (__cnpg_restore_offered) >/dev/null' -a '(__cnpg_restore_offered)'
        """;

    public static Command Create()
    {
        var shell = Arg.WordArgument("SHELL", "bash, zsh or fish.", "bash", "zsh", "fish");
        var command = new Command("completion", """
            Print a script that makes a shell complete commands, options and their values.

            For this shell alone: source <(cnpg-restore completion bash), for fish: cnpg-restore completion fish | source
            For every shell, write that line into ~/.bashrc, ~/.zshrc or ~/.config/fish/config.fish.
            """) { shell };
        command.SetAction(parse => Console.Out.WriteLine(parse.GetRequiredValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish }));
        return command;
    }
}
