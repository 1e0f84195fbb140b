namespace CnpgRestore.Cli.Output;

enum ColorMode
{
    Auto,
    Always,
    Never,
}
