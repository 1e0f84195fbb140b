namespace CnpgRestore;

/// <summary>
/// What happened, why, and what to do: PostgreSQL's MESSAGE, DETAIL and HINT. The same three parts are printed as text and as JSON.
/// </summary>
/// <param name="Code">Decides the exit code; see <see cref="ProblemCode"/>.</param>
/// <param name="Message">One clause that names the object, without a final stop.</param>
/// <param name="Detail">The evidence, with numbers.</param>
/// <param name="Hint">A command or flag that exists.</param>
public sealed record Problem(ProblemCode Code, string Message, string? Detail = null, string? Hint = null);
