using System.Text;
using CnpgRestore.Dumps.Loading;

namespace CnpgRestore.Tests.Dumps.Loading;

/// <summary>What may change places, and what each holds on to.</summary>
public sealed class StatementLocksTests
{
    private readonly StatementLocks _locks = new(Encoding.UTF8);

    [Theory]
    [InlineData("CREATE INDEX a_i ON public.a USING btree (x);", "public.a_i! public.a+")]
    [InlineData("CREATE UNIQUE INDEX \"A i\" ON ONLY public.\"A;\" USING btree (x);", "public.\"A i\"! public.\"A;\"")]
    [InlineData("ALTER TABLE ONLY public.a ADD CONSTRAINT a_pkey PRIMARY KEY (x);", "public.a_pkey! public.a!")]
    [InlineData("ALTER TABLE public.a ADD CONSTRAINT a_x EXCLUDE USING gist (x WITH &&);", "public.a_x! public.a!+")]
    [InlineData("ALTER TABLE ONLY public.a ADD CONSTRAINT f FOREIGN KEY (x, y) REFERENCES other.b(x, y) ON DELETE CASCADE;", "public.a!+ other.b!+")]
    [InlineData("ALTER TABLE public.a CLUSTER ON a_i;", "public.a!")]
    [InlineData("ALTER TABLE ONLY public.a REPLICA IDENTITY USING INDEX a_i;", "public.a!")]
    [InlineData("CREATE STATISTICS public.s (ndistinct) ON EXTRACT(hour FROM x), lower('FROM') FROM public.a;", "public.s! public.a!")]
    [InlineData("CREATE TRIGGER t BEFORE UPDATE OF x, \"ON\" ON public.a FOR EACH ROW EXECUTE FUNCTION f();", "public.a!+")]
    [InlineData("ALTER TABLE public.a ENABLE ALWAYS TRIGGER t;", "public.a!+")]
    [InlineData("ALTER TABLE ONLY public.a DISABLE TRIGGER t;", "public.a!+")]
    [InlineData("ALTER TABLE public.a ENABLE REPLICA TRIGGER t;", "public.a!+")]
    [InlineData("COMMENT ON TRIGGER t ON public.a IS 'x';", "public.a!")]
    [InlineData("COMMENT ON CONSTRAINT c ON public.a IS 'x';", "public.a!")]
    public void Knows_what_a_statement_holds(string statement, string expected) =>
        Assert.Equal(expected, string.Join(' ', Of(statement)!.Select(wish => $"{wish.Name}{(wish.IsExclusive ? "!" : "")}{(wish.WithPartitions ? "+" : "")}")));

    [Theory]
    [InlineData("CREATE TABLE public.a (x integer);")]
    [InlineData("CREATE INDEX i ON a USING btree (x);")]
    [InlineData("ALTER TABLE ONLY public.a ADD CONSTRAINT c CHECK ((x > 0)) NOT VALID;")]
    [InlineData("ALTER TABLE ONLY public.a ATTACH PARTITION public.b DEFAULT;")]
    [InlineData("ALTER TABLE public.a DISABLE TRIGGER ALL;")]
    [InlineData("ALTER TABLE public.a ENABLE TRIGGER USER;")]
    [InlineData("ALTER TABLE public.a REPLICA TRIGGER t;")]
    [InlineData("COMMENT ON COLUMN c ON public.a IS 'x';")]
    [InlineData("ALTER INDEX public.unknown ALTER COLUMN 1 SET STATISTICS 100;")]
    [InlineData("ALTER TABLE public.a ENABLE ROW LEVEL SECURITY;")]
    [InlineData("ALTER INDEX public.unknown ATTACH PARTITION public.other;")]
    [InlineData("COMMENT ON CONSTRAINT c ON DOMAIN public.d IS 'x';")]
    [InlineData("CREATE CONSTRAINT TRIGGER t AFTER INSERT ON public.a FROM public.b NOT DEFERRABLE FOR EACH ROW EXECUTE FUNCTION f();")]
    [InlineData("CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f();")]
    [InlineData("CREATE RULE r AS ON INSERT TO public.a DO INSTEAD NOTHING;")]
    [InlineData("REFRESH MATERIALIZED VIEW public.m;")]
    [InlineData("CREATE VIEW public.v AS SELECT 1;")]
    [InlineData("GRANT SELECT ON public.a TO b;")]
    public void Everything_else_keeps_its_place(string statement) => Assert.Null(Of(statement));

    [Fact]
    public void An_index_is_attached_with_both_tables_held()
    {
        Of("CREATE INDEX p_i ON ONLY public.p USING btree (x);");
        Of("CREATE INDEX c_i ON other.c USING btree (x);");

        var held = Of("ALTER INDEX public.p_i ATTACH PARTITION other.c_i;")!.Where(wish => wish.IsExclusive).Select(wish => wish.Name.ToString());

        Assert.Superset(new HashSet<string> { "public.p", "public.p_i", "other.c", "other.c_i" }, held.ToHashSet());
    }

    [Theory]
    [InlineData("ALTER INDEX public.i ALTER COLUMN 1 SET STATISTICS 100;", "public.i public.a")]
    [InlineData("COMMENT ON INDEX public.i IS 'x';", "public.i")]
    [InlineData("ALTER INDEX public.i SET (fillfactor='70');", null)]
    public void An_index_that_was_made_before_is_known_with_its_table(string statement, string? expected)
    {
        Of("CREATE INDEX i ON public.a USING btree (lower(x));");

        var held = Of(statement);

        Assert.Equal(expected, held is null ? null : string.Join(' ', held.Where(wish => wish.IsExclusive).Select(wish => wish.Name)));
    }

    private IReadOnlyList<StatementLock>? Of(string statement) => _locks.Of(Encoding.UTF8.GetBytes(statement));
}
