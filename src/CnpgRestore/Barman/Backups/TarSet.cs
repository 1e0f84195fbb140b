using CnpgRestore.Barman.Wal;
using CnpgRestore.ObjectStore;

namespace CnpgRestore.Barman.Backups;

/// <summary>Sorts the objects of a backup into tar series and says what is missing.</summary>
static class TarSet
{
    /// <param name="missing">The first tar that should be there and is not, as a clause; null when all are.</param>
    public static IReadOnlyList<TarSeries> Sort(IReadOnlyList<StoredObject> objects, IReadOnlyList<Tablespace> tablespaces, out string? missing)
    {
        var found = objects
            .Select(item => (Name: ServerFolder.ParseTar(item.Key.Name), Object: item))
            .Where(tar => tar.Name is not null)
            .Select(tar => (Name: tar.Name!.Value, tar.Object))
            .OrderBy(tar => tar.Name.TablespaceOid ?? 0).ThenBy(tar => tar.Name.Part)
            .GroupBy(tar => tar.Name.TablespaceOid)
            .ToList();

        var series = found.ConvertAll(tars =>
            new TarSeries(tars.Key, tars.Select(tar => new ArchivedFile(tar.Object, tar.Name.Compression)).ToList()));
        missing = FirstMissing(series, tablespaces)
            ?? found.Select(tars => FirstHole(tars.Select(tar => tar.Name.Part))).FirstOrDefault(hole => hole is not null)
            ?? objects.Where(item => item.Size == 0 && ServerFolder.ParseTar(item.Key.Name) is not null).Select(item => $"{item.Key.Name} is empty").FirstOrDefault();
        return series;
    }

    private static string? FirstMissing(List<TarSeries> series, IReadOnlyList<Tablespace> tablespaces)
    {
        if (series.TrueForAll(item => item.TablespaceOid is not null))
        {
            return "data.tar is missing";
        }

        var missing = tablespaces.FirstOrDefault(tablespace => !series.Exists(item => item.TablespaceOid == tablespace.Oid));
        return missing is null ? null : $"{missing.Oid}.tar of tablespace {missing.Name} is missing";
    }

    private static string? FirstHole(IEnumerable<int> parts)
    {
        var expected = 0;
        foreach (var part in parts)
        {
            if (part != expected)
            {
                return part < expected ? $"part {part} of a tar is there twice" : $"part {expected} of a tar is missing";
            }

            expected++;
        }

        return null;
    }
}
