using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>The tests that every implementation of <see cref="IOrderStore"/> must pass.</summary>
public abstract class OrderStoreContract
{
    private static readonly OrderMonth Month = OrderMonth.Of(TestOrders.Noon);

    protected abstract IOrderStore Store { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_writes_an_order_a_key_record_and_an_event()
    {
        var creation = TestOrders.Creation(NewShard());

        var receipt = await Store.TryCreateAsync(creation, Ct);

        Assert.NotNull(receipt);
        var order = await Store.FindLatestAsync(creation.Shard, TestOrders.IdOf(creation.Order), Ct);
        Assert.Equivalent(creation.Order, order?.Order, strict: true);
        Assert.Equal(creation.Key, (await Store.FindKeyAsync(creation.Shard, creation.Key.Id, Ct))?.Record);
        var pending = await Store.FindEventAsync(creation.Shard, creation.Event.Id, Ct);
        Assert.Equal(creation.Event.ToJson(), pending?.ToJson());
        var read = await Store.FindAsync(creation.Shard, TestOrders.IdOf(creation.Order), receipt.Session, Ct);
        Assert.Equivalent(creation.Order, read?.Order, strict: true);
    }

    [Fact]
    public async Task Orders_keys_and_events_with_unknown_ids_are_not_found()
    {
        var shard = NewShard();
        var order = TestOrders.Order(shard);

        Assert.Null(await Store.FindLatestAsync(shard, TestOrders.IdOf(order), Ct));
        Assert.Null(await Store.FindAsync(shard, TestOrders.IdOf(order), null, Ct));
        Assert.Null(await Store.FindKeyAsync(shard, "idem_none", Ct));
        Assert.Null(await Store.FindEventAsync(shard, "evt_none", Ct));
        Assert.Empty((await Store.ListAsync(shard, null, 10, null, Ct)).Orders);
    }

    [Fact]
    public async Task A_commit_with_an_existing_key_does_not_write_anything()
    {
        var first = TestOrders.Creation(NewShard());
        await Store.TryCreateAsync(first, Ct);
        var second = TestOrders.Creation(first.Shard, first.Key.Id);

        Assert.Null(await Store.TryCreateAsync(second, Ct));

        Assert.Null(await Store.FindLatestAsync(first.Shard, TestOrders.IdOf(second.Order), Ct));
        Assert.Null(await Store.FindEventAsync(first.Shard, second.Event.Id, Ct));
        Assert.Equal(first.Order.Id, (await Store.FindKeyAsync(first.Shard, first.Key.Id, Ct))?.Record.OrderId);
    }

    [Fact]
    public async Task Only_one_of_many_parallel_commits_with_one_key_succeeds()
    {
        var shard = NewShard();
        var creations = Enumerable.Range(0, 16).Select(_ => TestOrders.Creation(shard, "idem_same")).ToArray();

        var receipts = await Task.WhenAll(creations.Select(creation => Store.TryCreateAsync(creation, Ct)));

        var winner = Assert.Single(creations.Zip(receipts), pair => pair.Second is not null).First;
        Assert.Equal(winner.Order.Id, Assert.Single((await Store.ListAsync(shard, null, 100, null, Ct)).Orders).Id);
    }

    [Fact]
    public async Task A_key_record_changed_since_it_was_read_is_not_replaced()
    {
        var first = TestOrders.Creation(NewShard());
        await Store.TryCreateAsync(first, Ct);
        var expired = await Store.FindKeyAsync(first.Shard, first.Key.Id, Ct);
        var renewals = Enumerable.Range(0, 2)
            .Select(_ => TestOrders.Creation(first.Shard, first.Key.Id) with { Expired = expired })
            .ToArray();

        Assert.NotNull(await Store.TryCreateAsync(renewals[0], Ct));
        Assert.Null(await Store.TryCreateAsync(renewals[1], Ct));

        Assert.Equal(renewals[0].Key, (await Store.FindKeyAsync(first.Shard, first.Key.Id, Ct))?.Record);
        Assert.Null(await Store.FindLatestAsync(first.Shard, TestOrders.IdOf(renewals[1].Order), Ct));
    }

    [Fact]
    public async Task A_fence_for_a_key_prevents_later_commits()
    {
        var shard = NewShard();
        var fence = TestOrders.KeyOf("idem_fenced", order: null);

        Assert.True(await Store.TryAddKeyAsync(shard, fence, expired: null, Ct));
        Assert.False(await Store.TryAddKeyAsync(shard, fence, expired: null, Ct));
        Assert.Null(await Store.TryCreateAsync(TestOrders.Creation(shard, fence.Id), Ct));

        Assert.Equal(fence, (await Store.FindKeyAsync(shard, fence.Id, Ct))?.Record);
    }

    [Fact]
    public async Task An_order_change_replaces_the_order_and_adds_its_event()
    {
        var creation = TestOrders.Creation(NewShard());
        await Store.TryCreateAsync(creation, Ct);
        var update = await PayAsync(creation);

        Assert.NotNull(await Store.TryChangeAsync(creation.Shard, update, Ct));

        var order = await Store.FindLatestAsync(creation.Shard, TestOrders.IdOf(creation.Order), Ct);
        Assert.Equivalent(update.Changed, order?.Order, strict: true);
        Assert.NotNull(await Store.FindEventAsync(creation.Shard, update.Event.Id, Ct));
    }

    [Fact]
    public async Task Only_one_of_many_parallel_changes_to_an_order_version_succeeds()
    {
        var creation = TestOrders.Creation(NewShard());
        await Store.TryCreateAsync(creation, Ct);
        var updates = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => PayAsync(creation)));

        var receipts = await Task.WhenAll(updates.Select(update => Store.TryChangeAsync(creation.Shard, update, Ct)));

        var winner = Assert.Single(updates.Zip(receipts), pair => pair.Second is not null).First;
        var order = await Store.FindLatestAsync(creation.Shard, TestOrders.IdOf(creation.Order), Ct);
        Assert.Equal(winner.Changed.ChangeId, order?.Order.ChangeId);
    }

    [Fact]
    public async Task Removing_an_event_twice_succeeds()
    {
        var creation = TestOrders.Creation(NewShard());
        await Store.TryCreateAsync(creation, Ct);

        await Store.RemoveEventAsync(creation.Shard, creation.Event.Id, Ct);
        await Store.RemoveEventAsync(creation.Shard, creation.Event.Id, Ct);

        Assert.Null(await Store.FindEventAsync(creation.Shard, creation.Event.Id, Ct));
        Assert.NotNull(await Store.FindLatestAsync(creation.Shard, TestOrders.IdOf(creation.Order), Ct));
    }

    [Fact]
    public async Task A_listing_returns_the_orders_of_one_shard_newest_first()
    {
        var shard = NewShard();
        var moments = Enumerable.Range(0, 7).Select(day => Month.Start.AddDays(day).AddMilliseconds(day)).ToArray();
        foreach (var moment in (DateTimeOffset[])[moments[3], moments[0], moments[6], moments[1], moments[5], moments[2], moments[4]])
        {
            await Store.TryCreateAsync(TestOrders.Creation(shard, createdAt: moment), Ct);
        }

        await Store.TryCreateAsync(TestOrders.Creation(shard with { Month = Month.Next }), Ct);
        await Store.TryCreateAsync(TestOrders.Creation(NewShard()), Ct);

        var listed = new List<DateTimeOffset>();
        OrderId? after = null;
        OrderPage page;
        do
        {
            page = await Store.ListAsync(shard, after, 3, null, Ct);
            Assert.InRange(page.Orders.Count, 1, 3);
            listed.AddRange(page.Orders.Select(order => order.CreatedAt));
            after = TestOrders.IdOf(page.Orders[^1]);
        }
        while (page.HasMore);

        Assert.Equal(moments.Reverse(), listed);
    }

    [Fact]
    public async Task A_full_last_page_does_not_report_a_next_page()
    {
        var shard = NewShard();
        for (var i = 0; i < 3; i++)
        {
            await Store.TryCreateAsync(TestOrders.Creation(shard, createdAt: Month.Start.AddMinutes(i)), Ct);
        }

        var page = await Store.ListAsync(shard, null, 3, null, Ct);

        Assert.Equal((3, false), (page.Orders.Count, page.HasMore));
    }

    [Fact]
    public async Task Customers_with_similar_ids_have_separate_orders()
    {
        var unique = Guid.NewGuid().ToString("N");
        string[] customers =
        [
            $"{unique}a", $"{unique}A", $"{unique}/a", $"{unique}\\a", $"{unique}#a", $"{unique}?a", $"{unique}%2Fa", $"{unique}'a",
            $"{unique}\"a", $"{unique}ä", $"{unique}\U0001F600", new string('x', 96) + unique,
        ];
        foreach (var customer in customers)
        {
            await Store.TryCreateAsync(TestOrders.Creation(new OrderShard(customer, Month)), Ct);
        }

        foreach (var customer in customers)
        {
            var shard = new OrderShard(customer, Month);
            var order = Assert.Single((await Store.ListAsync(shard, null, 10, null, Ct)).Orders);
            Assert.Equal(customer, order.CustomerId);
            Assert.NotNull(await Store.FindLatestAsync(shard, TestOrders.IdOf(order), Ct));
        }
    }

    [Fact]
    public async Task The_largest_permitted_order_can_be_stored()
    {
        var creation = TestOrders.Creation(NewShard());
        var order = creation.Order with
        {
            Lines = [.. Enumerable.Repeat(
                new OrderLine { Sku = new string('s', Sku.MaxLength), Quantity = OrderRules.MaxQuantity, UnitPrice = OrderRules.MaxUnitPrice },
                OrderRules.MaxLines)],
            Total = OrderRules.MaxTotal,
        };

        Assert.NotNull(await Store.TryCreateAsync(creation with { Order = order }, Ct));

        Assert.Equivalent(order, (await Store.FindLatestAsync(creation.Shard, TestOrders.IdOf(order), Ct))?.Order, strict: true);
    }

    private static OrderShard NewShard() => new("customer-" + Guid.NewGuid().ToString("N"), Month);

    private async Task<OrderUpdate> PayAsync(OrderCreation creation)
    {
        var read = await Store.FindLatestAsync(creation.Shard, TestOrders.IdOf(creation.Order), Ct);
        var changed = read!.Order with { Status = OrderStatus.Paid, Version = 2, ChangeId = Guid.NewGuid(), UpdatedAt = TestOrders.Noon };
        return new OrderUpdate(read, changed, TestOrders.Event(changed));
    }
}
