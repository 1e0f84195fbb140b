using System.Text.Json;
using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes;

/// <summary>A value from before, which a run has noted in an annotation. Anybody can edit it there.</summary>
static class NotedValue
{
    /// <exception cref="RestoreException">Exit 15: it is no JSON.</exception>
    public static JsonNode? Parse(ObjectReference reference, string annotation, string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException e)
        {
            throw Damaged(reference, annotation, text, "no JSON", e);
        }
    }

    public static RestoreException Damaged(ObjectReference reference, string annotation, string text, string what, Exception? cause = null) => new(
        ProblemCode.Refused,
        $"annotation {annotation} of {reference} is '{text}', which is {what}",
        "it says what was there before a run changed it, and somebody has edited it",
        $"put right what it says: kubectl edit {reference.Type.Plural} {reference.Name} -n {reference.Namespace}",
        cause);
}
