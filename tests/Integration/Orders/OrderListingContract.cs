using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Shared;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Reading;
using ServerlessScale.Shared.Orders.Stores;
using ServerlessScale.Shared.Orders.Writing;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>Tests the listing of all months with every kind of store, and counts the calls that it makes.</summary>
public abstract class OrderListingContract(Azurite azurite)
{
    /// <summary>The time after all orders have been placed.</summary>
    private static readonly DateTimeOffset Now = new(2026, 11, 15, 0, 0, 0, TimeSpan.Zero);

    private readonly IOptions<OrderOptions> _options = Options.Create(new OrderOptions { CursorKey = Convert.ToBase64String(new byte[32]) });
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2020, 1, 15, 0, 0, 0, TimeSpan.Zero));
    private readonly List<string> _tokens = [];
    private readonly string _customer = "customer-" + Guid.NewGuid().ToString("N");
    private CountingStore? _store;
    private OrderPlacement? _placement;

    protected abstract IOrderStore Store { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private CountingStore Counting => _store ??= new CountingStore(Store);

    private OrderQueries Queries => new(Counting, new TokenSigner(_options.Value.CursorKey), _time);

    [Fact]
    public async Task A_listing_without_a_month_contains_all_months_newest_first()
    {
        var placed = await PlaceInMonthsAsync(-34, -34, -20, -5, 0, 0, 0);

        var pages = await PagesAsync(limit: 2);

        Assert.Equal(placed, pages.SelectMany(page => page));
        Assert.All(pages.SkipLast(1), page => Assert.Equal(2, page.Length));
    }

    [Fact]
    public async Task A_month_without_orders_costs_no_call()
    {
        await PlaceInMonthsAsync(-80, 0);
        Counting.Clear();

        var listing = (await Queries.ListAsync(_customer, new OrderListQuery(), Ct)).Value!;

        Assert.Equal((2, null), (listing.Orders.Count, listing.NextCursor));
        Assert.Equal(["MonthsAsync", "ListAsync 2026-11", "ListAsync 2020-03"], Counting.Calls);
    }

    [Fact]
    public async Task A_page_within_one_month_costs_one_call()
    {
        await PlaceInMonthsAsync(-1, 0, 0, 0);
        Counting.Clear();
        var first = (await Queries.ListAsync(_customer, new OrderListQuery { Limit = "1" }, Ct)).Value!;
        Assert.Equal(["MonthsAsync", "ListAsync 2026-11"], Counting.Calls);

        Counting.Clear();
        await Queries.ListAsync(_customer, new OrderListQuery { Limit = "1", Cursor = first.NextCursor }, Ct);

        Assert.Equal(["ListAsync 2026-11"], Counting.Calls);
    }

    [Fact]
    public async Task Only_the_first_order_of_a_month_costs_an_index_call()
    {
        await PlaceInMonthsAsync(-1, 0, 0, 0);

        Assert.Equal(["AddMonthAsync 2026-10", "AddMonthAsync 2026-11"], Counting.Calls.Where(call => call.StartsWith("AddMonth", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Concurrent_first_orders_share_one_index_call()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PlaceAsync()));

        Assert.Equal(["AddMonthAsync 2020-01"], Counting.Calls);
    }

    [Fact]
    public async Task The_index_contains_the_month_before_the_order_is_committed()
    {
        Counting.FailsToCreate = true;
        await Assert.ThrowsAsync<TimeoutException>(() => PlaceInMonthsAsync(0));

        Assert.Equal(["2026-11"], (await Store.MonthsAsync(_customer, Ct)).Select(month => month.ToString()));
        Assert.Empty((await Queries.ListAsync(_customer, new OrderListQuery(), Ct)).Value!.Orders);
    }

    [Fact]
    public async Task Concurrent_orders_of_different_months_are_all_indexed()
    {
        var months = Enumerable.Range(0, 20).Select(i => OrderMonth.Of(_time.GetUtcNow().AddMonths(-i))).ToArray();

        await Task.WhenAll(months.Concat(months).Select(month => Store.AddMonthAsync(new OrderShard(_customer, month), Ct)));

        Assert.Equal(months, await Store.MonthsAsync(_customer, Ct));
    }

    [Fact]
    public async Task A_page_reads_at_most_twelve_months()
    {
        var placed = await PlaceInMonthsAsync([.. Enumerable.Range(-13, 14)]);

        var pages = await PagesAsync(limit: 100);

        Assert.Equal([12, 2], pages.Select(page => page.Length));
        Assert.Equal(placed, pages.SelectMany(page => page));
    }

    [Fact]
    public async Task Orders_placed_while_paging_cause_no_duplicates_and_no_gaps()
    {
        var placed = await PlaceInMonthsAsync(-2, -1, -1, 0, 0);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await Queries.ListAsync(_customer, new OrderListQuery { Limit = "1", Cursor = cursor }, Ct)).Value!;
            seen.AddRange(page.Orders.Select(order => order.Id));
            cursor = page.NextCursor;
            _time.Advance(TimeSpan.FromSeconds(1));
            await PlaceAsync();
        }
        while (cursor is not null);

        Assert.Equal(placed, seen);
    }

    [Fact]
    public async Task A_cursor_expires_after_24_hours()
    {
        await PlaceInMonthsAsync(-1, 0);
        var cursor = (await Queries.ListAsync(_customer, new OrderListQuery { Limit = "1" }, Ct)).Value!.NextCursor;

        _time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        var before = await Queries.ListAsync(_customer, new OrderListQuery { Cursor = cursor }, Ct);
        _time.Advance(TimeSpan.FromSeconds(1));
        var after = await Queries.ListAsync(_customer, new OrderListQuery { Cursor = cursor }, Ct);

        Assert.Single(before.Value!.Orders);
        Assert.Equal((400, "cursor-invalid", "cursor"), (after.Problem!.Status, after.Problem.Code, after.Problem.Pointer));
    }

    [Fact]
    public async Task A_cursor_is_valid_only_for_its_kind_of_listing_and_customer()
    {
        await PlaceInMonthsAsync(0, 0);
        var ofMonth = (await Queries.ListAsync(_customer, new OrderListQuery { Limit = "1", Month = "2026-11" }, Ct)).Value!.NextCursor!;
        var ofAll = (await Queries.ListAsync(_customer, new OrderListQuery { Limit = "1" }, Ct)).Value!.NextCursor!;

        var refused = new[]
        {
            await Queries.ListAsync(_customer, new OrderListQuery { Cursor = ofMonth }, Ct),
            await Queries.ListAsync(_customer, new OrderListQuery { Cursor = ofAll, Month = "2026-11" }, Ct),
            await Queries.ListAsync(_customer, new OrderListQuery { Cursor = ofMonth, Month = "2026-10" }, Ct),
            await Queries.ListAsync("another", new OrderListQuery { Cursor = ofAll }, Ct),
            await Queries.ListAsync(_customer, new OrderListQuery { Cursor = ofAll + "A" }, Ct),
        };

        Assert.All(refused, outcome => Assert.Equal("cursor-invalid", outcome.Problem?.Code));
        Assert.Single((await Queries.ListAsync(_customer, new OrderListQuery { Cursor = ofMonth, Month = "2026-11" }, Ct)).Value!.Orders);
    }

    [Fact]
    public async Task A_listing_of_all_months_accepts_the_token_of_any_month()
    {
        await PlaceInMonthsAsync(-3, -1, 0);
        var october = _tokens[1];

        var all = await Queries.ListAsync(_customer, new OrderListQuery { ConsistencyToken = october }, Ct);
        var month = await Queries.ListAsync(_customer, new OrderListQuery { ConsistencyToken = october, Month = "2026-11" }, Ct);

        Assert.Equal(3, all.Value!.Orders.Count);
        Assert.Equal("consistency-token-invalid", month.Problem?.Code);
    }

    private async Task<string[][]> PagesAsync(int limit)
    {
        var pages = new List<string[]>();
        string? cursor = null;
        do
        {
            var query = new OrderListQuery { Limit = limit.ToString(CultureInfo.InvariantCulture), Cursor = cursor };
            var page = (await Queries.ListAsync(_customer, query, Ct)).Value!;
            pages.Add([.. page.Orders.Select(order => order.Id)]);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return [.. pages];
    }

    /// <summary>Places one order per offset, which is a number of months before <see cref="Now"/>, in ascending order.</summary>
    /// <returns>The ids of the orders, newest first.</returns>
    private async Task<string[]> PlaceInMonthsAsync(params int[] offsets)
    {
        var ids = new List<string>();
        foreach (var offset in offsets)
        {
            _time.SetUtcNow(Now.AddMonths(offset).AddSeconds(ids.Count));
            ids.Add(await PlaceAsync());
        }

        _time.SetUtcNow(Now.AddMinutes(1));
        ids.Reverse();
        return [.. ids];
    }

    private async Task<string> PlaceAsync()
    {
        _placement ??= Placement();
        var outcome = await _placement.PlaceAsync(_customer, TestOrders.Key(Guid.NewGuid().ToString()), TestOrders.Request(), Ct);
        lock (_tokens)
        {
            _tokens.Add(outcome.Value!.ConsistencyToken);
        }

        return outcome.Value.Order.Id;
    }

    private OrderPlacement Placement()
    {
        var intents = new OrderIntentQueue(azurite.Queues, _options);
        var relay = new OrderEventRelay(Counting, intents, new EventQueue(azurite.Queues), NullLogger<OrderEventRelay>.Instance);
        return new OrderPlacement(Counting, TestOrders.Pricing, intents, relay, new TokenSigner(_options.Value.CursorKey), _options, _time);
    }

    /// <summary>Records the calls for listings and for the index. Each of them is one request, unless its comment says otherwise.</summary>
    private sealed class CountingStore(IOrderStore store) : ForwardingStore(store)
    {
        private readonly List<string> _calls = [];

        public IReadOnlyList<string> Calls => _calls;

        public bool FailsToCreate { get; set; }

        public void Clear() => _calls.Clear();

        public override Task<CommitReceipt?> TryCreateAsync(OrderCreation creation, CancellationToken cancellationToken) =>
            FailsToCreate ? throw new TimeoutException() : base.TryCreateAsync(creation, cancellationToken);

        public override Task AddMonthAsync(OrderShard shard, CancellationToken cancellationToken)
        {
            _calls.Add($"AddMonthAsync {shard.Month}");
            return base.AddMonthAsync(shard, cancellationToken);
        }

        public override Task<IReadOnlyList<OrderMonth>> MonthsAsync(string customerId, CancellationToken cancellationToken)
        {
            _calls.Add("MonthsAsync");
            return base.MonthsAsync(customerId, cancellationToken);
        }

        public override Task<OrderPage> ListAsync(OrderShard shard, OrderId? after, int limit, string? session, CancellationToken cancellationToken)
        {
            _calls.Add($"ListAsync {shard.Month}");
            return base.ListAsync(shard, after, limit, session, cancellationToken);
        }
    }
}

public sealed class OrderListingOnTablesTests(Azurite azurite) : OrderListingContract(azurite), IClassFixture<Azurite>
{
    private readonly Azurite _azurite = azurite;

    protected override IOrderStore Store => new TableOrderStore(_azurite.Tables);
}

public sealed class OrderListingOnCosmosTests(Azurite azurite, StrictCosmosAccount account)
    : OrderListingContract(azurite), IClassFixture<Azurite>, IClassFixture<StrictCosmosAccount>
{
    protected override IOrderStore Store => account.Store;
}
