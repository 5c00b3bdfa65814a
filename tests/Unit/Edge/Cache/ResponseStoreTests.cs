using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Edge.Cache;

namespace ServerlessScale.Tests.Unit.Edge.Cache;

public sealed class ResponseStoreTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void The_least_recently_used_response_is_evicted_first()
    {
        var store = new ResponseStore(10_000, _time);
        Assert.True(TryStore(store, "/a", 4_000));
        Assert.True(TryStore(store, "/b", 4_000));
        Assert.NotNull(store.Find(Key("/a"), out _));

        Assert.True(TryStore(store, "/c", 4_000));

        Assert.NotNull(store.Find(Key("/a"), out _));
        Assert.Null(store.Find(Key("/b"), out _));
        Assert.InRange(store.Size, 8_000, 10_000);
    }

    [Fact]
    public void A_response_above_the_capacity_does_not_evict_other_responses()
    {
        var store = new ResponseStore(10_000, _time);
        TryStore(store, "/a", 4_000);

        Assert.False(TryStore(store, "/huge", 20_000));

        Assert.NotNull(store.Find(Key("/a"), out _));
    }

    [Fact]
    public void The_memory_of_an_expired_cached_response_is_freed()
    {
        var store = new ResponseStore(10_000, _time);
        TryStore(store, "/a", 4_000);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(store.Find(Key("/a"), out var wasStale));

        Assert.True(wasStale);
        Assert.Equal(0, store.Size);
    }

    [Fact]
    public void The_memory_of_a_replaced_cached_response_is_freed()
    {
        var store = new ResponseStore(10_000, _time);
        TryStore(store, "/a", 4_000);
        var size = store.Size;

        TryStore(store, "/a", 4_000);

        Assert.Equal(size, store.Size);
    }

    [Theory]
    [InlineData("/images/*", new[] { "/other/x" })]
    [InlineData("/IMAGES/1/*", new[] { "/images/2/a", "/other/x" })]
    [InlineData("/images/1/a", new[] { "/images/1/b", "/images/2/a", "/other/x" })]
    [InlineData("/images/1", new[] { "/images/1/a", "/images/1/b", "/images/2/a", "/other/x" })]
    [InlineData("/*", new string[0])]
    public void A_purge_removes_one_path_or_all_paths_with_a_prefix(string pattern, string[] remaining)
    {
        string[] paths = ["/images/1/a", "/images/1/b", "/images/2/a", "/other/x"];
        var store = new ResponseStore(1_000_000, _time);
        foreach (var path in paths)
        {
            TryStore(store, path, 10);
        }

        var purged = store.Purge(PurgePattern.Parse(pattern)!);

        Assert.Equal(paths.Length - remaining.Length, purged);
        Assert.Equal(remaining, paths.Where(path => store.Find(Key(path), out _) is not null));
    }

    [Fact]
    public void A_purge_ignores_query_strings()
    {
        var store = new ResponseStore(1_000_000, _time);
        store.TryStore(new("host", "/a", "?x=1"), Response(10), store.Purges);

        Assert.Equal(1, store.Purge(PurgePattern.Parse("/a")!));
    }

    [Fact]
    public void A_response_requested_before_a_purge_is_not_stored()
    {
        var store = new ResponseStore(1_000_000, _time);
        var purgesAtRequest = store.Purges;
        store.Purge(PurgePattern.Parse("/a")!);

        Assert.False(store.TryStore(Key("/a"), Response(10), purgesAtRequest));
        Assert.Null(store.Find(Key("/a"), out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("images")]
    [InlineData("/images*")]
    [InlineData("/*/960.webp")]
    public void An_invalid_purge_pattern_is_rejected(string? text) => Assert.Null(PurgePattern.Parse(text));

    private bool TryStore(ResponseStore store, string path, int bytes) => store.TryStore(Key(path), Response(bytes), store.Purges);

    private StoredResponse Response(int bytes) =>
        new(new(200, new HeaderDictionary(), new byte[bytes]), Caching.With(), _time.GetUtcNow(), TimeSpan.FromMinutes(1));

    private static CacheKey Key(string path) => new("host", path, "");
}
