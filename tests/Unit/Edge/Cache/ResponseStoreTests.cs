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
        var store = new ResponseStore(15_000, _time);
        Assert.True(TryStore(store, "/a", 4_000));
        Assert.True(TryStore(store, "/b", 4_000));
        Assert.NotNull(store.Find(Key("/a"), out _));

        Assert.True(TryStore(store, "/c", 4_000));

        Assert.NotNull(store.Find(Key("/a"), out _));
        Assert.Null(store.Find(Key("/b"), out _));
        Assert.InRange(store.Size, 8_000, 15_000);
    }

    [Fact]
    public void The_number_of_cached_responses_is_limited()
    {
        var store = new ResponseStore(1_000_000, _time, maxEntries: 2);
        TryStore(store, "/a", 1);
        TryStore(store, "/b", 1);

        TryStore(store, "/c", 1);

        Assert.Equal(2, store.Count);
        Assert.Null(store.Find(Key("/a"), out _));
    }

    [Fact]
    public void Keys_and_headers_count_towards_the_cache_capacity()
    {
        var store = new ResponseStore(1_000_000, _time);
        TryStore(store, "/", 0);
        var smallest = store.Size;
        store.Purge(PurgePattern.Parse("/*")!);
        var headers = new HeaderDictionary { ["X-A"] = new string('a', 5_000) };

        store.TryStore(Key("/" + new string('p', 2_000)), Response(0, headers), store.Purges);

        // A string has two bytes per character.
        Assert.InRange(store.Size, smallest + 2 * (2_000 + 5_000), smallest + 2 * (2_000 + 5_000) + 200);
    }

    [Fact]
    public void A_flood_of_uncacheable_responses_stays_within_the_bound_and_evicts_nothing()
    {
        const int Capacity = 256 * 1024 * 1024;
        var store = new ResponseStore(Capacity, _time);
        TryStore(store, "/picture", 1_000_000);
        for (var number = 0; number < 35_000; number++)
        {
            store.TryStore(Key($"/{number}{new string('p', CacheKey.MaxLength - 20)}"), new HitForPass(_time.GetUtcNow() + TimeSpan.FromSeconds(2)), store.Purges);
        }

        Assert.Equal(1 + ResponseStore.MaxMarks, store.Count);
        Assert.InRange(store.Size, 1_000_000, Capacity);
        Assert.NotNull(store.Find(Key("/picture"), out _));
    }

    [Fact]
    public void Expired_marks_are_removed_without_a_request_for_their_key()
    {
        var store = new ResponseStore(10_000, _time);
        store.TryStore(Key("/a"), new HitForPass(_time.GetUtcNow() + TimeSpan.FromSeconds(2)), store.Purges);
        _time.Advance(TimeSpan.FromSeconds(2));

        store.Find(Key("/other"), out _);

        Assert.Equal(0, store.Count);
        Assert.Equal(0, store.Size);
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
    public void An_expired_cached_response_is_kept_for_validation_and_swept_later()
    {
        var store = new ResponseStore(10_000, _time);
        TryStore(store, "/a", 4_000);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(store.Find(Key("/a"), out var expired));
        Assert.NotNull(expired);

        _time.Advance(ResponseStore.KeepsExpired);
        store.Find(Key("/other"), out _);
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

    private StoredResponse Response(int bytes, HeaderDictionary? headers = null) => new(
        new(200, headers ?? [], new byte[bytes]), Caching.With(), _time.GetUtcNow(), new(TimeSpan.FromMinutes(1), null));

    private static CacheKey Key(string path) => new("host", path, "");
}
