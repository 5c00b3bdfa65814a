using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Edge.Cache;

namespace ServerlessScale.Tests.Unit.Edge.Cache;

public sealed class AnswerStoreTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void What_was_asked_for_longest_ago_goes_first_and_memory_is_bounded()
    {
        var store = new AnswerStore(10_000, _time);
        Assert.True(Keep(store, "/a", 4_000));
        Assert.True(Keep(store, "/b", 4_000));
        Assert.NotNull(store.Find(Key("/a"), out _));

        Assert.True(Keep(store, "/c", 4_000));

        Assert.NotNull(store.Find(Key("/a"), out _));
        Assert.Null(store.Find(Key("/b"), out _));
        Assert.InRange(store.Size, 8_000, 10_000);
    }

    [Fact]
    public void What_can_never_fit_drives_nothing_out()
    {
        var store = new AnswerStore(10_000, _time);
        Keep(store, "/a", 4_000);

        Assert.False(Keep(store, "/huge", 20_000));

        Assert.NotNull(store.Find(Key("/a"), out _));
    }

    [Fact]
    public void The_memory_of_what_has_ended_is_given_back()
    {
        var store = new AnswerStore(10_000, _time);
        Keep(store, "/a", 4_000);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(store.Find(Key("/a"), out var wasStale));

        Assert.True(wasStale);
        Assert.Equal(0, store.Size);
    }

    [Fact]
    public void What_takes_anothers_place_takes_no_more_memory()
    {
        var store = new AnswerStore(10_000, _time);
        Keep(store, "/a", 4_000);
        var size = store.Size;

        Keep(store, "/a", 4_000);

        Assert.Equal(size, store.Size);
    }

    [Theory]
    [InlineData("/images/*", new[] { "/other/x" })]
    [InlineData("/IMAGES/1/*", new[] { "/images/2/a", "/other/x" })]
    [InlineData("/images/1/a", new[] { "/images/1/b", "/images/2/a", "/other/x" })]
    [InlineData("/images/1", new[] { "/images/1/a", "/images/1/b", "/images/2/a", "/other/x" })]
    [InlineData("/*", new string[0])]
    public void A_purge_takes_one_path_or_all_below_one(string pattern, string[] left)
    {
        string[] paths = ["/images/1/a", "/images/1/b", "/images/2/a", "/other/x"];
        var store = new AnswerStore(1_000_000, _time);
        foreach (var path in paths)
        {
            Keep(store, path, 10);
        }

        var purged = store.Purge(PurgePattern.Parse(pattern)!);

        Assert.Equal(paths.Length - left.Length, purged);
        Assert.Equal(left, paths.Where(path => store.Find(Key(path), out _) is not null));
    }

    [Fact]
    public void A_purge_takes_every_query_of_a_path()
    {
        var store = new AnswerStore(1_000_000, _time);
        store.Keep(new("host", "/a", "?x=1"), Answer(10), store.Purges);

        Assert.Equal(1, store.Purge(PurgePattern.Parse("/a")!));
    }

    [Fact]
    public void What_was_asked_for_before_a_purge_is_not_kept_after_it()
    {
        var store = new AnswerStore(1_000_000, _time);
        var asked = store.Purges;
        store.Purge(PurgePattern.Parse("/a")!);

        Assert.False(store.Keep(Key("/a"), Answer(10), asked));
        Assert.Null(store.Find(Key("/a"), out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("images")]
    [InlineData("/images*")]
    [InlineData("/*/960.webp")]
    public void Other_patterns_are_none(string? text) => Assert.Null(PurgePattern.Parse(text));

    private bool Keep(AnswerStore store, string path, int bytes) => store.Keep(Key(path), Answer(bytes), store.Purges);

    private StoredAnswer Answer(int bytes) =>
        new(new(200, new HeaderDictionary(), new byte[bytes]), Caching.With(), _time.GetUtcNow(), TimeSpan.FromMinutes(1));

    private static CacheKey Key(string path) => new("host", path, "");
}
