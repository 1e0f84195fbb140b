using CnpgRestore.Plans.FromDump;
using CnpgRestore.Runs.FromDump;

namespace CnpgRestore.Tests.Runs.FromDump;

public sealed class VerifyHintTests
{
    [Theory]
    [InlineData("cnpg://database/pg", "/mnt/nfs/app.sql", null, "cnpg-restore verify pg -n database --database app --dump /mnt/nfs/app.sql")]
    [InlineData("cnpg://database/pg", "/mnt/my nfs/app.sql", null, "cnpg-restore verify pg -n database --database app --dump '/mnt/my nfs/app.sql'")]
    [InlineData("cnpg://database/pg", "/dumps/last/app.sql", "nfs:nas.lan:/backups", "cnpg-restore verify pg -n database --database app --dump last/app.sql --nfs nas.lan:/backups")]
    [InlineData("cnpg://database/pg", "/dumps/app.sql", "pvc:dumps", "cnpg-restore verify pg -n database --database app --dump app.sql --pvc dumps")]
    [InlineData("postgres://me@db:5432/app?sslmode=require", "app.sql", null, "cnpg-restore verify --to 'postgres://me@db:5432/app?sslmode=require' --database app --dump app.sql")]
    public void The_command_reaches_the_database_and_the_dump_of_the_run(string to, string dump, string? volume, string expected) =>
        Assert.Equal(expected, VerifyHint.Of(Decision(to, dump, volume)));

    [Theory]
    [InlineData("cnpg://database/pg", "database", "pg")]
    [InlineData("cnpg://database/pg/more", null, null)]
    [InlineData("cnpg:///pg", null, null)]
    [InlineData("cnpg://database/", null, null)]
    [InlineData("postgres://database/pg", null, null)]
    public void The_address_of_a_Cluster_names_its_place(string address, string? ns, string? cluster) =>
        Assert.Equal(ns is null ? null : (ns, cluster!), ClusterServer.PlaceOf(address));

    private static FromDumpDecision Decision(string to, string dump, string? volume) => new(
        "20261122t140000z-from-dump-4f2a", to, "here", "1", "app", dump, 7 << 20, default, null, LoadStrategy.Append, 2, null, null, [], null, [], Volume: volume);
}
