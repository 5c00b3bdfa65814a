using Azure.Data.Tables;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Shared.Cart;
using ServerlessScale.Shared.Cart.Stores;

namespace ServerlessScale.Tests.Integration.Cart;

/// <summary>Uses a fake clock to test the sweep that removes expired carts from the tables.</summary>
public sealed class CartSweepTests(Azurite azurite) : IClassFixture<Azurite>
{
    private readonly FakeTimeProvider _clock = new(TestCarts.Noon);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_sweep_removes_carts_on_the_day_after_they_expire()
    {
        var store = new TableCartStore(azurite.Tables, _clock);
        var sweep = new CartSweep(azurite.Tables, _clock);
        Assert.Equal(0, await sweep.RunAsync(Ct));
        var expired = await AddAsync(store, 150, TestCarts.Noon.AddHours(1));
        var living = await AddAsync(store, 5, TestCarts.Noon.AddDays(3));
        var renewed = await AddAsync(store, 5, TestCarts.Noon.AddHours(1));
        foreach (var session in renewed)
        {
            var read = (await store.FindAsync(session, Ct))!;
            Assert.True(await store.TryReplaceAsync(session, read, TestCarts.Cart(TestCarts.Noon.AddDays(3), version: 2), Ct));
        }

        var tooEarly = await sweep.RunAsync(Ct);
        _clock.Advance(TimeSpan.FromDays(1));
        var swept = await sweep.RunAsync(Ct);

        Assert.Equal((0, expired.Length), (tooEarly, swept));
        Assert.Equal(Keys([.. living, .. renewed]), await RowsAsync("Carts", row => row.PartitionKey));
        // The index lists each renewed cart under its new expiry day. It no longer lists the removed carts.
        Assert.Equal(Keys([.. living, .. renewed]), await RowsAsync("CartExpiry", row => row.RowKey));
        Assert.Equal(0, await sweep.RunAsync(Ct));

        _clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal(10, await sweep.RunAsync(Ct));
        Assert.Empty(await RowsAsync("Carts", row => row.PartitionKey));
        Assert.Empty(await RowsAsync("CartExpiry", row => row.RowKey));
    }

    private static async Task<SessionId[]> AddAsync(TableCartStore store, int count, DateTimeOffset expiresAt)
    {
        SessionId[] sessions = [.. Enumerable.Range(0, count).Select(_ => SessionId.New())];
        foreach (var session in sessions)
        {
            await store.AddAsync(session, TestCarts.Cart(expiresAt), Ct);
        }

        return sessions;
    }

    private static string[] Keys(IEnumerable<SessionId> sessions) =>
        [.. sessions.Select(session => session.StorageKey).Order(StringComparer.Ordinal)];

    private async Task<string[]> RowsAsync(string table, Func<TableEntity, string> key)
    {
        var keys = new List<string>();
        await foreach (var row in azurite.Tables.GetTableClient(table).QueryAsync<TableEntity>(cancellationToken: Ct))
        {
            keys.Add(key(row));
        }

        return [.. keys.Order(StringComparer.Ordinal)];
    }
}
