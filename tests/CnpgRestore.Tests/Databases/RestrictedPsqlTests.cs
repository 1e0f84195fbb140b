using CnpgRestore.Databases;

namespace CnpgRestore.Tests.Databases;

public sealed class RestrictedPsqlTests
{
    [Theory]
    [InlineData("psql (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)", true)]
    [InlineData("psql (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)", false)]
    [InlineData("psql (PostgreSQL) 17.6", true)]
    [InlineData("psql (PostgreSQL) 17.5", false)]
    [InlineData("psql (PostgreSQL) 18beta3", true)]
    [InlineData("psql (PostgreSQL) 19devel", true)]
    [InlineData("psql (PostgreSQL) 12.22", false)]
    [InlineData("", false)]
    [InlineData("sh: psql: not found", false)]
    public void Restrict_is_understood_from_the_releases_of_August_2025_on(string said, bool understands) => Assert.Equal(understands, RestrictedPsql.Is(said));
}
