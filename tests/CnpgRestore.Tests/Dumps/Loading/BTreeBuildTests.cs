using System.Text;
using CnpgRestore.Dumps.Loading;

namespace CnpgRestore.Tests.Dumps.Loading;

/// <summary>Which statements sort a table, and what they sort it with.</summary>
public sealed class BTreeBuildTests
{
    [Theory]
    [InlineData("CREATE INDEX i ON public.a USING btree (x);", "public.a")]
    [InlineData("CREATE UNIQUE INDEX \"USING hash\" ON ONLY public.\"A\" USING btree (lower(x)) WHERE (x > 1);", "public.\"A\"")]
    [InlineData("ALTER TABLE ONLY public.a\n    ADD CONSTRAINT a_pkey PRIMARY KEY (x);", "public.a")]
    [InlineData("ALTER TABLE ONLY public.a ADD CONSTRAINT u UNIQUE (x);", "public.a")]
    [InlineData("CREATE INDEX i ON public.a USING gin (x);", null)]
    [InlineData("CREATE INDEX i ON public.a USING hnsw (x);", null)]
    [InlineData("ALTER TABLE public.a ADD CONSTRAINT e EXCLUDE USING gist (x WITH &&);", null)]
    [InlineData("ALTER TABLE ONLY public.a VALIDATE CONSTRAINT f;", null)]
    [InlineData("CREATE TABLE public.a (x integer);", null)]
    public void A_statement_that_builds_a_b_tree_is_known(string statement, string? table) =>
        Assert.Equal(table, BTreeBuild.TableOf(Encoding.UTF8.GetBytes(statement), Encoding.UTF8)?.ToString());

    [Theory]
    [InlineData(0)]
    [InlineData(1L << 30)]
    [InlineData(1L << 40)]
    [InlineData(1L << 46)]
    public void Memory_is_small_and_merges_all_runs_at_once(long table)
    {
        var memory = BTreeBuild.SortMemory(table);

        Assert.InRange(memory, 16L << 20, 16L << 30);
        Assert.True(table / memory < memory / (256 << 10), $"{table / memory} runs");
    }
}
