using CnpgRestore.Compression;
using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Loading;
using CnpgRestore.Dumps.Plain;
using Npgsql;

namespace CnpgRestore.Tests.Dumps.Loading;

/// <summary>Whatever a dump's source throws while it is read ahead reaches who reads the text; nobody waits for ever.</summary>
public sealed class DumpTextTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>An exec that was refused; a disk; a codec, with and without a word for it.</summary>
    private static readonly Dictionary<string, Exception> Failures = new(StringComparer.Ordinal)
    {
        ["pod"] = new RestoreException(ProblemCode.Refused, "the command was not started"),
        ["disk"] = new IOException("gone"),
        ["damage"] = new InvalidDataException("cut"),
        ["codec"] = new NotSupportedException("no such block"),
    };

    public static TheoryData<string> Sources { get; } = [.. Failures.Keys];

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task Who_reads_the_text_meets_what_its_source_throws(string source)
    {
        await using var text = await DumpText.OpenAsync(Dump(Failures[source]), Ct);
        var reader = new DumpReader(text.Text);

        var met = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (await reader.ReadAsync(Ct).AsTask().WaitAsync(Patience, Ct) == DumpToken.Statement)
            {
            }
        });

        Assert.Same(Failures[source], met);
    }

    [Fact]
    public async Task The_loader_passes_a_problem_of_the_source_on_as_it_is()
    {
        var failure = new RestoreException(ProblemCode.Refused, "the command was not started", "the pod is gone", "kubectl get pods");
        var settings = LoadConnection.Prepare(new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = 1, Username = "nobody" });
        await using var target = NpgsqlDataSource.Create(settings);
        var request = new LoadRequest(Dump(failure, statements: 0), null, 1);

        var thrown = await Assert.ThrowsAsync<RestoreException>(() => DumpLoader.LoadAsync(request, target, progress: null, Ct).WaitAsync(Patience, Ct));

        Assert.Same(failure, thrown);
    }

    private static DumpFile Dump(Exception failure, int statements = 4) =>
        new("/dumps/orders.sql", new ByteSize(1 << 20), default, ArchiveCompression.None, DumpFormat.Plain) { Place = new BreakingPlace(statements, failure) };

    /// <summary>A place whose files break off behind a few statements.</summary>
    private sealed class BreakingPlace(int statements, Exception failure) : IDumpPlace
    {
        public bool IsHere => false;

        public Task<Stream> OpenAsync(string path, CancellationToken ct) => Task.FromResult<Stream>(new BreakingStream(statements, failure));

        public Task<IReadOnlyList<PlacedFile>> ListAsync(string folder, CancellationToken ct) => throw new NotSupportedException();

        public Task<PlacedFile?> FindAsync(string path, CancellationToken ct) => throw new NotSupportedException();

        public Task<Stream> ScriptAsync(DumpFile file, IReadOnlyList<string> options, CancellationToken ct) => throw new NotSupportedException();

        public Task<string> VersionAsync(string program, CancellationToken ct) => throw new NotSupportedException();
    }

    private sealed class BreakingStream(int statements, Exception failure) : ForwardStream
    {
        // A megabyte is read ahead at a time, and a piece that is not whole is not handed on.
        private readonly byte[] _statement = [.. "SELECT 1"u8, .. Enumerable.Repeat((byte)' ', 1 << 20), .. ";\n"u8];
        private int _left = statements;
        private int _position;

        protected override long BytesRead => _position;

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_left == 0)
            {
                throw failure;
            }

            var taken = Math.Min(count, _statement.Length - _position);
            _statement.AsSpan(_position, taken).CopyTo(buffer.AsSpan(offset));
            _position += taken;
            if (_position == _statement.Length)
            {
                (_left, _position) = (_left - 1, 0);
            }

            return taken;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
