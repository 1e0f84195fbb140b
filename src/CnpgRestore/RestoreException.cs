namespace CnpgRestore;

/// <summary>A failure that the user can act on. Everything else that is thrown is a bug and keeps its stack.</summary>
public sealed class RestoreException(Problem problem, Exception? cause = null) : Exception(problem.Message, cause)
{
    public RestoreException(ProblemCode code, string message, string? detail = null, string? hint = null, Exception? cause = null)
        : this(new Problem(code, message, detail, hint), cause)
    {
    }

    public Problem Problem { get; } = problem;
}
