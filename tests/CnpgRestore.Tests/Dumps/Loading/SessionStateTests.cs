using System.Text;
using CnpgRestore.Dumps.Loading;

namespace CnpgRestore.Tests.Dumps.Loading;

public sealed class SessionStateTests
{
    [Theory]
    [InlineData("SET client_encoding = 'UTF8';", "client_encoding")]
    [InlineData("SET default_tablespace TO fast;", "default_tablespace")]
    [InlineData("SET SESSION AUTHORIZATION 'app';", "session_authorization")]
    [InlineData("RESET SESSION AUTHORIZATION;", "session_authorization")]
    [InlineData("SET SESSION work_mem = '1MB';", "work_mem")]
    [InlineData("SET plpgsql.extra_errors = 'all';", "plpgsql.extra_errors")]
    [InlineData("SELECT pg_catalog.set_config('search_path', '', false);", "search_path")]
    [InlineData("SET LOCAL work_mem = '1MB';", null)]
    [InlineData("SET CONSTRAINTS ALL DEFERRED;", null)]
    [InlineData("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;", null)]
    [InlineData("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;", null)]
    [InlineData("RESET ALL;", null)]
    [InlineData("SET TIME ZONE 'UTC';", "timezone")]
    [InlineData("SET SESSION TIME ZONE 'UTC';", "timezone")]
    [InlineData("SELECT pg_catalog.setval('public.s', 1, true);", null)]
    [InlineData("SETTLE;", null)]
    public void Knows_what_holds_for_the_rest_of_the_session(string statement, string? setting) =>
        Assert.Equal(setting, SessionState.SettingOf(Encoding.UTF8.GetBytes(statement), Encoding.UTF8));

    [Fact]
    public void A_session_is_brought_from_any_earlier_state_to_a_later_one()
    {
        var first = SessionState.Initial.With(Setting("a", "SET a = 1;"), SessionState.Initial.Encoding).With(Setting("b", "SET b = 1;"), SessionState.Initial.Encoding);
        var second = first.With(Setting("a", "SET a = 2;"), first.Encoding);
        var third = second.With(Setting("b", "SET b = 1;"), first.Encoding);

        Assert.Equal(["SET a = 2;", "SET b = 1;"], Texts(third, SessionState.Initial));
        Assert.Equal(["SET a = 2;"], Texts(third, first));
        Assert.Same(second, third);
    }

    private static IEnumerable<string> Texts(SessionState to, SessionState from) => to.Since(from).Select(setting => Encoding.UTF8.GetString(setting.Text));

    private static SessionSetting Setting(string name, string statement) => new(name, Encoding.UTF8.GetBytes(statement), Line: 1);
}
