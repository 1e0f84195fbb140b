using CnpgRestore.Databases;
using Npgsql;

namespace CnpgRestore.Tests.Databases;

/// <summary>As libpq reads it (PostgreSQL manual, 34.1.1.2); no variable is set here.</summary>
public sealed class ServerUrlTests
{
    [Theory]
    [InlineData("postgres://me@db.lan:5433/app", "postgres://me@db.lan:5433/app", "db.lan:5433")]
    [InlineData("postgresql://me@db.lan/app", "postgres://me@db.lan:5432/app", "db.lan:5432")]
    [InlineData("postgres:///app?host=/run/postgresql&user=me", "postgres://me@%2Frun%2Fpostgresql:5432/app", "/run/postgresql/.s.PGSQL.5432")]
    [InlineData("postgres://me@%2Frun%2Fpostgresql/app", "postgres://me@%2Frun%2Fpostgresql:5432/app", "/run/postgresql/.s.PGSQL.5432")]
    [InlineData("postgres://a%40b:p%3Aw@[::1]:5433/a%2Fb?sslmode=require", "postgres://a%40b@[::1]:5433/a%2Fb?sslmode=require", "::1:5433")]
    [InlineData("postgres://db.lan?dbname=app&user=me&port=6000", "postgres://me@db.lan:6000/app", "db.lan:6000")]
    [InlineData("postgres://me@db.lan", "postgres://me@db.lan:5432/me", "db.lan:5432")]
    public void Is_shown_without_a_password_and_with_what_was_left_out(string text, string shown, string address)
    {
        var url = ServerUrl.Parse(text);

        Assert.Equal((shown, address), (url.ToString(), url.Address));
        Assert.Equal(url with { Password = null }, ServerUrl.Parse(shown) with { Options = url.Options });
    }

    [Fact]
    public void A_password_is_read_and_kept()
    {
        Assert.Equal("p:w", ServerUrl.Parse("postgres://me:p%3Aw@db.lan/app").Password!.Reveal());
        Assert.Equal("later", ServerUrl.Parse("postgres://me@db.lan/app?password=later").Password!.Reveal());
    }

    [Theory]
    [InlineData("mysql://db.lan/app", "does not begin with postgres://")]
    [InlineData("host=db.lan dbname=app", "does not begin with postgres://")]
    [InlineData("postgres://a,b/app", "more than one host")]
    [InlineData("postgres://db.lan:x/app", "'x' is not a port")]
    [InlineData("postgres://db.lan:0/app", "'0' is not a port")]
    [InlineData("postgres://db.lan:65536/app", "'65536' is not a port")]
    [InlineData("postgres://db.lan/app?target_session_attrs=any", "the parameter target_session_attrs is not known")]
    public void What_libpq_would_read_otherwise_is_refused(string text, string words) => Assert.Contains(words, Problem(() => ServerUrl.Parse(text)), StringComparison.Ordinal);

    [Theory]
    [InlineData("sslmode=disable", SslMode.Disable)]
    [InlineData("sslmode=allow", SslMode.Allow)]
    [InlineData("sslmode=prefer", SslMode.Prefer)]
    [InlineData("sslmode=require", SslMode.Require)]
    [InlineData("sslmode=verify-ca", SslMode.VerifyCA)]
    [InlineData("sslmode=verify-full", SslMode.VerifyFull)]
    [InlineData("sslmode=require&sslrootcert=FILE", SslMode.VerifyCA)]
    [InlineData("sslmode=require&sslrootcert=system", SslMode.Require)]
    public void Each_sslmode_is_that_of_libpq(string options, SslMode mode)
    {
        var file = Path.GetTempFileName();
        try
        {
            Assert.Equal(mode, ServerUrl.Parse($"postgres://db.lan/app?{options.Replace("FILE", Uri.EscapeDataString(file), StringComparison.Ordinal)}").ToNpgsql("app").SslMode);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_certificate_a_time_limit_and_options_reach_the_server()
    {
        var file = Path.GetTempFileName();
        try
        {
            var settings = ServerUrl.Parse($"postgres://db.lan/app?sslcert={file}&sslkey={file}&connect_timeout=7&options=-c%20role%3Dme").ToNpgsql("other");

            Assert.Equal((file, file, 7, "-c role=me", "other"), (settings.SslCertificate, settings.SslKey, settings.Timeout, settings.Options, settings.Database));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("sslmode=full", "'full' is not an sslmode")]
    [InlineData("connect_timeout=soon", "'soon' is not a connect_timeout in seconds")]
    [InlineData("sslcert=/nowhere.pem", "sslcert: there is no file /nowhere.pem")]
    [InlineData("sslkey=/nowhere.key", "sslkey: there is no file /nowhere.key")]
    [InlineData("sslrootcert=/nowhere.pem", "sslrootcert: there is no file /nowhere.pem")]
    public void What_cannot_be_is_told(string options, string words) =>
        Assert.Contains(words, Problem(() => ServerUrl.Parse($"postgres://db.lan/app?{options}").ToNpgsql("app")), StringComparison.Ordinal);

    private static string Problem(Action parse)
    {
        var problem = Assert.Throws<RestoreException>(parse).Problem;
        Assert.Equal(ProblemCode.Usage, problem.Code);
        return $"{problem.Message} {problem.Detail}";
    }
}
