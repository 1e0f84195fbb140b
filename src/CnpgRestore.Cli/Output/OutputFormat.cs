namespace CnpgRestore.Cli.Output;

enum OutputFormat
{
    Text,
    Json,
    Yaml,
}
