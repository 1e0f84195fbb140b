using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Yaml;

namespace CnpgRestore.Plans.Clusters;

/// <summary>
/// The manifest of a run that goes on: as it was recorded, or as a person has written it since. "Make spec.storage.size larger" is a hint after a failure,
/// and whoever follows it in the file must not get the old size again.
/// </summary>
/// <param name="Manifest">The Cluster as it will be created.</param>
/// <param name="Notes">What is other than recorded, for the plan.</param>
public sealed record MendedManifest(JsonObject Manifest, IReadOnlyList<string> Notes)
{
    private const int MostPlaces = 5;

    /// <param name="recorded">The manifest that the run holds.</param>
    /// <param name="asked">The files that the command line names; none: those that the run was begun with, where they are on this machine.</param>
    /// <exception cref="RestoreException">
    /// Exit 15: the named files say something else than was planned, and the former Cluster is still there, for which it was never looked at; or they cannot be used.
    /// </exception>
    public static async Task<MendedManifest> ReadAsync(
        KubernetesApi api, ClusterDecision decision, JsonObject recorded, IReadOnlyList<string> asked, CancellationToken ct)
    {
        var files = asked.Count > 0 ? asked : decision.Host == Environment.MachineName && decision.Files.All(File.Exists) ? decision.Files : [];
        // With --apply none the Cluster is not made from here.
        if (files.Count == 0 || decision.Apply == ApplyMode.None)
        {
            return new MendedManifest(recorded, []);
        }

        try
        {
            var situation = await Situation.ReadAsync(api, decision.Namespace, decision.Cluster, files, decision.ResumeCommand, ct);
            decision.Edit(situation.Set);
            var isFormerThere = decision.FormerUid is { } uid && situation.Live.Text("metadata", "uid") == uid;
            return Of(decision, recorded, situation.ToBeCreated(decision.Namespace, decision.Run), ManifestPreflight.Check(situation.Set, decision.Cluster), asked.Count > 0, isFormerThere);
        }
        catch (RestoreException e) when (asked.Count == 0)
        {
            return new MendedManifest(recorded, [$"the manifest is taken as it was recorded: {e.Problem.Message}"]);
        }
    }

    /// <param name="written">What the files say by now.</param>
    /// <param name="problems">What in it keeps a Cluster from being restored.</param>
    /// <param name="isAsked">The command line names the files; else it is only gone on.</param>
    /// <param name="isFormerThere">Nothing is deleted yet, so the plan that was looked at still holds.</param>
    internal static MendedManifest Of(ClusterDecision decision, JsonObject recorded, JsonObject written, IEnumerable<Problem> problems, bool isAsked, bool isFormerThere)
    {
        // Read again as the recorded one was: a number is a number, however it came here.
        written = (JsonObject)JsonReading.Parse(written.ToJsonString())!;
        var changed = YamlMeaning.Differences(recorded, written).ToList();
        if (changed.Count == 0)
        {
            return new MendedManifest(recorded, []);
        }

        var places = $"{string.Join(", ", changed.Take(MostPlaces))}{(changed.Count > MostPlaces ? ", ..." : "")}";
        if (isFormerThere)
        {
            return !isAsked ? new MendedManifest(recorded, [$"the files say something else than was planned ({places}), which is left out: nothing was looked at for it"]) : throw new RestoreException(
                ProblemCode.Refused,
                $"run {decision.Run} of cluster {decision.Cluster} was planned with another manifest",
                $"the files say something else by now: {places}; the former Cluster is still there, and would be deleted for what nobody has looked at",
                $"to plan anew: cnpg-restore runs undo {decision.Run} -n {decision.Namespace}, then the same command again; to go on as it was planned: {decision.ResumeCommand}");
        }

        if (problems.FirstOrDefault() is { } problem)
        {
            throw new RestoreException(problem);
        }

        return new MendedManifest(written, [$"the manifest has been changed since the run was begun ({places}): a Cluster that is made from here on is made so"]);
    }
}
