using System.Buffers.Binary;
using System.Formats.Tar;
using System.Text;
using CnpgRestore.Compression;
using static System.FormattableString;

namespace CnpgRestore.Dumps.Inspection;

/// <summary>
/// The head of pg_dump's archive formats (src/bin/pg_dump/pg_backup_archiver.c, ReadHead): who dumped which database. The rest is for pg_restore.
/// </summary>
static class ArchiveHead
{
    private const int HeadLength = 4096;
    private const int AlgorithmByteSince = 0x010F;

    public static async Task<DumpInspection> InspectAsync(DumpFile file, CancellationToken ct)
    {
        try
        {
            var head = await ReadAsync(file, ct);
            var cursor = new Cursor(head);
            var version = (cursor.Byte() << 8) | cursor.Byte();
            cursor.Skip(1);
            cursor.IntegerSize = cursor.Byte() is > 0 and <= sizeof(long) and var size ? size : throw new InvalidDataException("its integers have no possible size");
            cursor.Skip(2);
            if (version >= AlgorithmByteSince)
            {
                cursor.Skip(1);
            }
            else
            {
                cursor.Integer();
            }

            var (second, minute, hour, day, month, year) = (cursor.Integer(), cursor.Integer(), cursor.Integer(), cursor.Integer(), cursor.Integer(), cursor.Integer());
            cursor.Integer();
            var database = cursor.String();
            var (server, program) = (cursor.String(), cursor.String());
            var reason = Invariant($"an archive of {year + 1900:0000}-{month + 1:00}-{day:00} {hour:00}:{minute:00}:{second:00} for pg_restore; only its head was read");
            return new DumpInspection(file, DumpState.HeadOnly, reason)
            {
                Program = "pg_dump",
                ProgramVersion = program?.Split(' ')[0],
                ServerVersion = server?.Split(' ')[0],
                Databases = [new DumpDatabase(database, [], [], [], new Dictionary<string, int>(), new Dictionary<string, int>())],
                Notes = [$"{ListCommand(file)} shows what is in it"],
            };
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            return new DumpInspection(file, DumpState.Damaged, $"its head cannot be read: {e.Message}");
        }
    }

    private static string ListCommand(DumpFile file) => ArchiveInput.IsPiped(file) ? $"{DecompressionFilter.Of(file.Compression)} {file.Path} | pg_restore --list" : $"pg_restore --list {file.Path}";

    /// <summary>From behind the letters PGDMP on.</summary>
    private static async Task<byte[]> ReadAsync(DumpFile file, CancellationToken ct)
    {
        var source = file.Format == DumpFormat.Directory ? await DumpFile.OpenAsync(file.Place, Path.Combine(file.Path, "toc.dat"), ct) : file;
        await using var content = await source.ReadAsync(ct);
        await using var tar = file.Format == DumpFormat.Tar ? new TarReader(content) : null;
        var toc = tar is null ? content
            : await tar.GetNextEntryAsync(copyData: false, ct) is { Name: "toc.dat", DataStream: { } first } ? first
            : throw new InvalidDataException("the tar does not begin with toc.dat, as pg_dump -Ft does");
        var head = new byte[HeadLength];
        var length = await toc.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct);
        return head[..length].AsSpan().StartsWith("PGDMP"u8) ? head[5..length] : throw new InvalidDataException("it does not begin with PGDMP");
    }

    private ref struct Cursor(ReadOnlySpan<byte> head)
    {
        private ReadOnlySpan<byte> _rest = head;

        public int IntegerSize { get; set; }

        public int Byte() => Take(1)[0];

        public void Skip(int count) => Take(count);

        /// <summary>A sign and <see cref="IntegerSize"/> bytes, the lowest first.</summary>
        public int Integer()
        {
            var negative = Byte() != 0;
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            bytes.Clear();
            Take(IntegerSize).CopyTo(bytes);
            var value = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
            return negative ? -value : value;
        }

        /// <summary>A length and that many bytes; -1 is an absent string.</summary>
        public string? String() => Integer() is var length and >= 0 ? Encoding.UTF8.GetString(Take(length)) : null;

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count > _rest.Length || count < 0)
            {
                throw new InvalidDataException("it ends within its head");
            }

            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }
    }
}
