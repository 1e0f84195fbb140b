using CnpgRestore.ObjectStore;
using CsCheck;

namespace CnpgRestore.Tests.ObjectStore;

public sealed class KeyTests
{
    private static readonly Gen<string> Name = Gen.Char["ab/-._ +%é"].Array[1, 8].Select(letters => new string(letters));
    private static readonly Gen<KeyPrefix> Prefix = Name.Select(name => new KeyPrefix(name.TrimEnd('/') + "/"));

    [Fact]
    public void A_key_is_its_prefix_and_the_rest() => Gen.Select(Prefix, Name).Sample((prefix, rest) =>
    {
        var key = prefix.Key(rest);
        Assert.True(prefix.Contains(key));
        Assert.Equal(rest, prefix.Relative(key));
        Assert.Equal(key.Value, key.Parent.Value + key.Name);
        Assert.True(key.Parent.Contains(key));
        Assert.DoesNotContain('/', key.Name);
    });

    [Fact]
    public void Rebasing_there_and_back_is_nothing() => Gen.Select(Prefix, Prefix, Name).Sample((from, to, rest) =>
    {
        var key = from.Key(rest);
        Assert.Equal(to.Key(rest), key.Rebase(from, to));
        Assert.Equal(key, key.Rebase(from, to).Rebase(to, from));
        Assert.Equal(to.Folder("x"), from.Folder("x").Rebase(from, to));
    });

    [Fact]
    public void Order_is_that_of_the_bytes_for_every_key_of_Barman() => Gen.Select(Name, Name).Sample((left, right) =>
        Assert.Equal(Math.Sign(string.CompareOrdinal(left, right)), Math.Sign(new ObjectKey(left).CompareTo(new ObjectKey(right)))));

    [Theory]
    [InlineData("postgres-v17/", "postgres-v17-backup/wals/1")]
    [InlineData("postgres-v17/", "postgres-v170/wals/1")]
    [InlineData("postgres-v17/", "Postgres-v17/wals/1")]
    public void A_prefix_does_not_contain_what_only_begins_alike(string prefix, string key)
    {
        Assert.False(new KeyPrefix(prefix).Contains(new ObjectKey(key)));
        Assert.Throws<ArgumentException>(() => new KeyPrefix(prefix).Relative(new ObjectKey(key)));
        Assert.Throws<ArgumentException>(() => new ObjectKey(key).Rebase(new KeyPrefix(prefix), new KeyPrefix("x/")));
    }

    [Fact]
    public void A_prefix_ends_in_a_slash_or_is_the_root()
    {
        Assert.Throws<ArgumentException>(() => new KeyPrefix("postgres-v17"));
        Assert.Equal("", KeyPrefix.Root.Value);
        Assert.Equal(KeyPrefix.Root, default);
        Assert.Equal("wals", new KeyPrefix("postgres-v17/wals/").Name);
        Assert.True(KeyPrefix.Root.Contains(new ObjectKey("anything")));
    }
}
