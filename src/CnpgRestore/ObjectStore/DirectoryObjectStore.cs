using System.Collections.Concurrent;

namespace CnpgRestore.ObjectStore;

/// <summary>
/// A directory that is laid out like a bucket, for example an NFS mirror: <c>file:///mnt/mirror</c>. Keeps no ETag, so that a copy is proven
/// by reading both sides. Empty folders do not exist in a bucket and are not shown here.
/// </summary>
public sealed class DirectoryObjectStore : IObjectStore
{
    // Never visible as an object: a name that a key of Barman's cannot have, skipped by every listing.
    private const string TemporaryPrefix = ".cnpg-restore-";

    // What fsck finds (mke2fs(8)); no object, and usually closed.
    private const string LostAndFound = "lost+found";

    // A folder that another thread removes as empty, right after it was made for a new object.
    private const int WriteAttempts = 5;

    // Every other temporary file was left by a run that was killed.
    private static readonly string OwnPrefix = $"{TemporaryPrefix}{Path.GetRandomFileName()}-";

    private readonly ConcurrentDictionary<string, bool> _tidied = new(StringComparer.Ordinal);
    private readonly string _root;

    /// <exception cref="RestoreException">The directory does not exist.</exception>
    public DirectoryObjectStore(string root)
    {
        _root = Path.GetFullPath(root);
        if (!Directory.Exists(_root))
        {
            throw new RestoreException(
                ProblemCode.NotFound,
                $"directory {_root} does not exist",
                "a file:// bucket is a directory that holds the server folders, for example a mounted NFS mirror of the bucket",
                "mount it, or name another one with --bucket file:///folder");
        }
    }

    public string Address => $"file://{_root}";

    public string Identity => Address;

    public Task<FolderLevel> ListLevelAsync(KeyPrefix prefix, CancellationToken ct) => Task.Run(() => Translate(prefix.Value, () => ReadLevel(prefix, ct)), ct);

    public Task<StoredObject?> FindAsync(ObjectKey key, CancellationToken ct) => Task.FromResult(Translate(key.Value, () =>
    {
        var file = new FileInfo(PathOf(key.Value));
        return file.Exists ? Describe(key, file) : null;
    }));

    public Task<Stream> OpenReadAsync(ObjectKey key, ByteRange? range, CancellationToken ct) => Task.FromResult(Translate<Stream>(key.Value, () =>
    {
        var file = new FileStream(PathOf(key.Value), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, useAsync: true);
        if (range is not { } part)
        {
            return file;
        }

        file.Position = part.Offset;
        return new BoundedStream(file, part.Length);
    }));

    public Task PutAsync(ObjectKey key, ReadOnlyMemory<byte> content, CancellationToken ct) =>
        ReplaceAsync(key, async (temporary, token) =>
        {
            await using var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            await file.WriteAsync(content, token);
            file.Flush(flushToDisk: true);
        }, ct);

    public Task CopyAsync(StoredObject source, ObjectKey target, CancellationToken ct) =>
        ReplaceAsync(target, (temporary, _) =>
        {
            // The runtime asks the file system for a reflink or a copy inside the kernel (and so on the NFS server) where it can.
            File.Copy(PathOf(source.Key.Value), temporary);
            // It has the source's permissions, which may forbid writing.
            using var file = File.OpenHandle(temporary);
            RandomAccess.FlushToDisk(file);
            return Task.CompletedTask;
        }, ct);

    public Task<Evidence> CompareAsync(StoredObject source, StoredObject target, CancellationToken ct) =>
        Task.FromResult(source.Size == target.Size ? Evidence.Size : Evidence.Different);

    public Task DeleteAsync(IReadOnlyCollection<ObjectKey> keys, CancellationToken ct) => Task.Run(() =>
    {
        foreach (var key in keys)
        {
            ct.ThrowIfCancellationRequested();
            Translate(key.Value, () =>
            {
                var path = PathOf(key.Value);
                if (File.Exists(path))
                {
                    File.Delete(path);
                }

                RemoveEmptyFolders(Path.GetDirectoryName(path)!);
                return true;
            });
        }
    }, ct);

    public void Dispose()
    {
    }

    private static StoredObject Describe(ObjectKey key, FileInfo file) => new(key, file.Length, ETag: null, new DateTimeOffset(file.LastWriteTimeUtc));

    private static bool IsTemporary(string name) => name.StartsWith(TemporaryPrefix, StringComparison.Ordinal);

    private FolderLevel ReadLevel(KeyPrefix prefix, CancellationToken ct)
    {
        var folder = new DirectoryInfo(PathOf(prefix.Value));
        var folders = new List<KeyPrefix>();
        var objects = new List<StoredObject>();
        try
        {
            foreach (var entry in folder.EnumerateFileSystemInfos())
            {
                ct.ThrowIfCancellationRequested();
                // One that is deleted while the folder is read exists no more.
                if (entry is FileInfo { Exists: true } file && !IsTemporary(file.Name))
                {
                    objects.Add(Describe(prefix.Key(file.Name), file));
                }
                else if (entry is DirectoryInfo inner && !(prefix == KeyPrefix.Root && inner.Name == LostAndFound) && HoldsAnything(inner))
                {
                    folders.Add(prefix.Folder(inner.Name));
                }
            }
        }
        catch (DirectoryNotFoundException) when (Directory.Exists(_root))
        {
            // A bucket has no folders that could be missing: nothing is below this prefix.
        }

        return new FolderLevel(prefix, folders, objects);
    }

    private static bool HoldsAnything(DirectoryInfo folder)
    {
        try
        {
            return folder.EnumerateFiles("*", SearchOption.AllDirectories).Any(file => !IsTemporary(file.Name));
        }
        catch (Exception e) when (e is DirectoryNotFoundException or UnauthorizedAccessException)
        {
            // Something in it goes away at this moment, or is closed. To show it empty is harmless, to hide what it holds is not.
            return true;
        }
    }

    private async Task ReplaceAsync(ObjectKey key, Func<string, CancellationToken, Task> write, CancellationToken ct)
    {
        var path = PathOf(key.Value);
        var folder = Path.GetDirectoryName(path)!;
        var temporary = Path.Combine(folder, $"{OwnPrefix}{Path.GetRandomFileName()}");
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                ct.ThrowIfCancellationRequested();
                Directory.CreateDirectory(folder);
                if (_tidied.TryAdd(folder, true))
                {
                    RemoveLeftovers(folder);
                }

                await write(temporary, ct);
                File.Move(temporary, path, overwrite: true);
                return;
            }
            catch (IOException e) when (attempt < WriteAttempts && !DiskErrors.IsFull(e))
            {
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Translated(key.Value, e);
            }
            finally
            {
                if (File.Exists(temporary))
                {
                    File.Delete(temporary);
                }
            }
        }
    }

    /// <summary>What killed runs have left. A run elsewhere that still writes its file (two at once are not meant to be) writes it again.</summary>
    private static void RemoveLeftovers(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, $"{TemporaryPrefix}*").Where(IsLeftover))
        {
            File.Delete(file);
        }
    }

    private static bool IsLeftover(string path) => Path.GetFileName(path) is var name && IsTemporary(name) && !name.StartsWith(OwnPrefix, StringComparison.Ordinal);

    /// <summary>A bucket has no empty folders; stops at the first one that still holds something, and at the root.</summary>
    private void RemoveEmptyFolders(string folder)
    {
        try
        {
            while (folder.Length > _root.Length && Directory.EnumerateFileSystemEntries(folder).All(IsLeftover))
            {
                RemoveLeftovers(folder);
                Directory.Delete(folder);
                folder = Path.GetDirectoryName(folder)!;
            }
        }
        catch (IOException)
        {
            // Another thread removed it first, or put an object into it.
        }
    }

    private string PathOf(string key)
    {
        var path = Path.GetFullPath(Path.Combine(_root, key));
        if (path != _root && !path.StartsWith(_root.TrimEnd('/') + "/", StringComparison.Ordinal))
        {
            throw new RestoreException(ProblemCode.Usage, $"'{key}' leads out of {_root}");
        }

        return path;
    }

    private T Translate<T>(string key, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Translated(key, e);
        }
    }

    private RestoreException Translated(string key, Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException =>
            new RestoreException(ProblemCode.NotFound, $"{key} does not exist in {Address}", cause: e),
        UnauthorizedAccessException =>
            new RestoreException(ProblemCode.AccessDenied, $"Permission denied: {PathOf(key)}", e.Message, "run as a user who may read and write the mirror", e),
        _ when DiskErrors.IsFull(e) => new RestoreException(DiskErrors.Find(e)!, e),
        _ => new RestoreException(ProblemCode.Unreachable, $"{PathOf(key)} cannot be used", e.Message, "check the mount and the free space, then run the same command again", e),
    };
}
