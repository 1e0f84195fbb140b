using CnpgRestore.ObjectStore;
using static System.FormattableString;

namespace CnpgRestore.Plans;

/// <summary>Looks at both folders of a move and either makes its plan or says why not. Only reads.</summary>
public sealed class FolderMovePlanner(IObjectStore store, TimeProvider clock)
{
    /// <summary>Longer than CNPG's default archive_timeout of 5 minutes: what is younger may have a living writer.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(10);

    /// <summary>As many names as fit a screen.</summary>
    private const int NamesShown = 5;

    private const int ObjectsReadBack = 16;

    /// <summary>A look, not a proof: no tar of a base backup is read for it.</summary>
    private const long LargestReadBack = 64 << 20;

    /// <param name="removalBegun">
    /// An unfinished run of this very move had come as far as removing the source, so that a source without objects is its end, not an error.
    /// </param>
    /// <exception cref="RestoreException">Exit 2 for wrong names, 10 for a source that does not exist, 15 for a target that does.</exception>
    public async Task<FolderMovePlan> PlanAsync(FolderMoveRequest request, bool removalBegun, CancellationToken ct)
    {
        CheckNames(request);
        var survey = await SurveyAsync(request, ct);
        var isRemoved = removalBegun && request.RemoveSource && survey is { SourceObjects: 0, TargetObjects: > 0 };
        if (survey.SourceObjects == 0 && !isRemoved)
        {
            throw await NoSourceAsync(request, survey, ct);
        }

        if (survey.Archived is [var first, ..])
        {
            throw new RestoreException(
                ProblemCode.Refused,
                $"objects of {request.Source}/ lie in {first.ArchiveClass}, from where nothing can be copied",
                $"{string.Join(", ", survey.Archived.Select(item => item.Key.Value))}{(survey.Archived.Count == NamesShown ? ", ..." : "")}",
                "restore them first (aws s3api restore-object), or leave the folder as it is and archive to another one: from-backup --lineage new");
        }

        var state = isRemoved ? MoveState.PartlyRemoved : Judge(request, survey);
        var notes = new List<string>();
        if (state == MoveState.PartlyCopied)
        {
            notes.Add(Invariant($"{Counted.Of(survey.EqualObjects, "object is", "objects are")} in {request.Target}/ already, alike: an interrupted copy continues"));
        }

        if (isRemoved)
        {
            notes.Add(Invariant($"{request.Source}/ is empty and {request.Target}/ holds {Counted.Of(survey.TargetObjects, "object")}: an interrupted removal had only to be proven"));
        }
        else if (state == MoveState.PartlyRemoved)
        {
            notes.Add(Invariant($"all objects left in {request.Source}/, {survey.SourceObjects}, are in {request.Target}/, alike: an interrupted removal continues"));
        }

        var age = clock.GetUtcNow() - survey.Youngest;
        if (age < Young)
        {
            notes.Add(Invariant(
                $"{survey.YoungestKey} was written at {survey.Youngest.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, just now: a cluster that still archives into {request.Source}/ makes the move unsafe; stop it first"));
        }

        return new FolderMovePlan(
            store.Address, store.Identity, request, state, survey.SourceObjects, new ByteSize(survey.SourceBytes), survey.EqualObjects, new ByteSize(survey.EqualBytes), notes);
    }

    /// <exception cref="RestoreException">Exit 2: the names are no two folders.</exception>
    public static void CheckNames(FolderMoveRequest request)
    {
        foreach (var (name, what) in ((string, string)[])[(request.Source, "SOURCE"), (request.Target, "TARGET")])
        {
            ServerFolderName.Demand(name, what, "cnpg-restore rename postgres-v17 postgres-v17-backup");
        }

        if (request.Source == request.Target)
        {
            throw new RestoreException(
                ProblemCode.Usage, $"source and target are the same folder, {request.Source}", null, $"cnpg-restore rename {request.Source} {request.Source}-backup");
        }
    }

    private async Task<Survey> SurveyAsync(FolderMoveRequest request, CancellationToken ct)
    {
        var survey = new Survey();
        var (source, target) = (KeyPrefix.Root.Folder(request.Source), KeyPrefix.Root.Folder(request.Target));
        await foreach (var level in store.CompareFoldersAsync(source, target, ct))
        {
            foreach (var item in level.OnlyInSource)
            {
                survey.AddSource(item);
                // The listing goes on to name the class of an object that was restored for a while.
                if (item.ArchiveClass is not null && survey.Archived.Count < NamesShown && await store.FindAsync(item.Key, ct) is { ArchiveClass: not null } archived)
                {
                    survey.Archived.Add(archived);
                }
            }

            foreach (var item in level.OnlyInTarget)
            {
                survey.TargetObjects++;
                survey.OnlyInTarget++;
                survey.AddForeign(item);
            }

            foreach (var pair in level.InBoth)
            {
                survey.AddSource(pair.Source);
                survey.TargetObjects++;
                if (await LooksAlikeAsync(pair, survey, ct))
                {
                    survey.EqualObjects++;
                    survey.EqualBytes += pair.Source.Size;
                }
                else
                {
                    survey.Different++;
                    survey.AddForeign(pair.Target);
                }
            }
        }

        return survey;
    }

    /// <summary>
    /// Every object is proven before anything is removed. Here only a folder of another database must be told from an interrupted copy, and
    /// WAL segments of equal names and sizes are common: where the store shows sizes alone, a few objects are read.
    /// </summary>
    private async Task<bool> LooksAlikeAsync(ObjectPair pair, Survey survey, CancellationToken ct)
    {
        var evidence = await store.CompareAsync(pair.Source, pair.Target, ct);
        if (evidence == Evidence.Size && survey.ReadBack < ObjectsReadBack && pair.Source.Size <= LargestReadBack)
        {
            survey.ReadBack++;
            evidence = await store.ReadBackAsync(pair, ct);
        }

        return evidence != Evidence.Different;
    }

    private static MoveState Judge(FolderMoveRequest request, Survey survey)
    {
        if (survey.TargetObjects == 0)
        {
            return MoveState.Fresh;
        }

        if (survey is { OnlyInTarget: 0, Different: 0 })
        {
            return MoveState.PartlyCopied;
        }

        if (request.RemoveSource && survey.Different == 0 && survey.EqualObjects == survey.SourceObjects)
        {
            return MoveState.PartlyRemoved;
        }

        var names = string.Join(", ", survey.Foreign);
        var more = survey.OnlyInTarget + survey.Different > survey.Foreign.Count ? ", ..." : "";
        throw new RestoreException(
            ProblemCode.Refused,
            $"Target folder already exists: {request.Target}",
            Invariant($"it holds {Counted.Of(survey.TargetObjects, "object")}; {survey.OnlyInTarget} are not in {request.Source}/ and {survey.Different} differ from it: {names}{more}"),
            survey.Different == 0 && survey.EqualObjects == survey.SourceObjects
                ? $"all of {request.Source}/ is in it: if a 'rename -r' was interrupted, 'cnpg-restore rename -r {request.Source} {request.Target}' finishes it; another name would get what is left only"
                : $"choose another name, for example 'cnpg-restore rename {request.Source} {request.Source}-backup2', or look at it with 'cnpg-restore backups list --server {request.Target}'");
    }

    private async Task<RestoreException> NoSourceAsync(FolderMoveRequest request, Survey survey, CancellationToken ct)
    {
        var root = await store.ListLevelAsync(KeyPrefix.Root, ct);
        var folders = root.Folders.Select(folder => folder.Name).Order(StringComparer.Ordinal).ToList();
        var found = folders.Count == 0 ? $"{store.Address} holds no folder at all" : $"{store.Address} holds {string.Join(", ", folders.Take(20))}";
        var already = survey.TargetObjects > 0 ? Invariant($"; {request.Target}/ holds {Counted.Of(survey.TargetObjects, "object")}, as after a finished move") : "";
        return new RestoreException(
            ProblemCode.NotFound,
            $"Source folder does not exist: {request.Source}",
            found + already,
            "check the name, --bucket and the credentials: objects of another S3 account or passphrase are invisible");
    }

    private sealed class Survey
    {
        public long SourceObjects { get; private set; }

        public long SourceBytes { get; private set; }

        public long TargetObjects { get; set; }

        public long EqualObjects { get; set; }

        public long EqualBytes { get; set; }

        public long OnlyInTarget { get; set; }

        public long Different { get; set; }

        public int ReadBack { get; set; }

        public DateTimeOffset Youngest { get; private set; }

        public ObjectKey YoungestKey { get; private set; }

        /// <summary>A few names of what the target holds and the source does not, or not alike.</summary>
        public List<string> Foreign { get; } = [];

        /// <summary>A few that have to be copied and cannot be.</summary>
        public List<StoredObject> Archived { get; } = [];

        public void AddSource(StoredObject item)
        {
            SourceObjects++;
            SourceBytes += item.Size;
            // Levels arrive in no order; equal times, which a store of whole seconds shows often, are told apart by name.
            if (item.LastModified > Youngest || (item.LastModified == Youngest && string.CompareOrdinal(item.Key.Value, YoungestKey.Value) > 0))
            {
                Youngest = item.LastModified;
                YoungestKey = item.Key;
            }
        }

        public void AddForeign(StoredObject item)
        {
            if (Foreign.Count < NamesShown)
            {
                Foreign.Add(item.Key.Value);
            }
        }
    }
}
