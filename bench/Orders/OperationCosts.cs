using Azure.Storage.Queues;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ServerlessScale.Measurement;
using ServerlessScale.Shared;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Reading;
using ServerlessScale.Shared.Orders.Writing;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Bench.Orders;

/// <summary>
/// Counts the storage requests that the app makes for each operation, and the minimum number of requests that achieve the same result. The
/// app's services run in this process so that their requests can be counted.
/// </summary>
/// <param name="spent">Returns the total number of requests and the total request units since the start.</param>
internal sealed class OperationCosts(
    IOrderStore store, IProductStore products, BareShop bare, QueueServiceClient queues, Func<Spending> spent, IMeasurementProgress progress)
{
    private const int Times = 60;
    private const int PageSize = 50;
    private const string Ours = "ours";
    private const string Least = "least";

    /// <summary>A customer who ordered in <see cref="Months"/> months, with <see cref="EmptyMonths"/> months between two of them.</summary>
    private const string Occasional = "occasional";

    private const int Months = 12;
    private const int EmptyMonths = 4;
    private const int OrdersPerMonth = 4;

    private static readonly OrderRequest Request = new() { Currency = "EUR", Lines = OrderedProducts.Lines };

    private readonly IOptions<OrderOptions> _options = Options.Create(new OrderOptions { CursorKey = Convert.ToBase64String(new byte[32]) });

    public async Task<IReadOnlyList<OperationCost>> CountAsync(CancellationToken cancellationToken)
    {
        var signer = new TokenSigner(_options.Value.CursorKey);
        var intents = new OrderIntentQueue(queues, _options);
        var relay = new OrderEventRelay(store, intents, new EventQueue(queues), NullLogger<OrderEventRelay>.Instance);
        var placement = new OrderPlacement(store, new OrderPricing(products), intents, relay, signer, _options, TimeProvider.System);
        var changes = new OrderChanges(store, intents, relay, signer, _options, TimeProvider.System);
        var queries = new OrderQueries(store, signer, TimeProvider.System);
        var (ours, least) = (new Queue<string>(), new Queue<string>());
        await PlaceInMonthsAsync(month => new OrderPlacement(
            store, new OrderPricing(products), intents, relay, signer, _options, new PastTime(month * (EmptyMonths + 1))), cancellationToken);
        progress.Begin(6);
        return
        [
            await CompareAsync(
                "create",
                async () => ours.Enqueue(Value(await placement.PlaceAsync(Ours, NewKey(), Request, cancellationToken)).Order.Id),
                async () =>
                {
                    least.Enqueue(BareShop.NewOrderId());
                    await bare.PlaceAtLeastCostAsync(Least, least.Last(), cancellationToken);
                }),
            await CompareAsync(
                "read",
                async () => Value(await queries.FindAsync(Ours, ours.Peek(), token: null, cancellationToken)),
                () => bare.ReadAsync(Least, least.Peek(), cancellationToken)),
            await CompareAsync(
                $"list page of {PageSize}",
                async () => Value(await queries.ListAsync(
                    Ours, new OrderListQuery { Month = OrderMonth.Of(DateTimeOffset.UtcNow).ToString() }, cancellationToken)),
                () => bare.ListAsync(Least, PageSize, cancellationToken)),
            await CompareAsync(
                $"list page of {PageSize}, all months",
                async () => Value(await queries.ListAsync(Ours, new OrderListQuery(), cancellationToken)),
                () => bare.ListAsync(Least, PageSize, cancellationToken)),
            await CompareAsync(
                $"list page of {PageSize}, {Months} months with {OrdersPerMonth} orders, {(Months - 1) * EmptyMonths} empty months",
                async () => Value(await queries.ListAsync(Occasional, new OrderListQuery(), cancellationToken)),
                async () =>
                {
                    for (var month = 0; month < Months; month++)
                    {
                        await bare.ListAsync(Occasional + Least, PageSize, cancellationToken);
                    }
                }),
            await CompareAsync(
                "change",
                async () => Value(await changes.ChangeAsync(Ours, ours.Dequeue(), "1", "paid", cancellationToken)),
                () => bare.ChangeAtLeastCostAsync(Least, least.Dequeue(), cancellationToken)),
        ];
    }

    private async Task PlaceInMonthsAsync(Func<int, OrderPlacement> placementOf, CancellationToken cancellationToken)
    {
        for (var month = 0; month < Months; month++)
        {
            for (var order = 0; order < OrdersPerMonth; order++)
            {
                Value(await placementOf(month).PlaceAsync(Occasional, NewKey(), Request, cancellationToken));
            }
        }

        // Every month of the bare loop is the same one, because only the number of orders in it determines the cost.
        for (var order = 0; order < OrdersPerMonth; order++)
        {
            await bare.PlaceAtLeastCostAsync(Occasional + Least, BareShop.NewOrderId(), cancellationToken);
        }
    }

    private async Task<OperationCost> CompareAsync(string operation, Func<Task> ours, Func<Task> least)
    {
        var cost = new OperationCost(operation, await CountAsync(ours), await CountAsync(least));
        progress.Step($"{operation}: requests counted");
        return cost;
    }

    private async Task<Spending> CountAsync(Func<Task> operation)
    {
        // The first operation is not counted, because a client may read and cache metadata on its first call.
        await operation();
        var before = spent();
        for (var i = 1; i < Times; i++)
        {
            await operation();
        }

        var after = spent();
        return new Spending(
            (after.Store - before.Store) / (Times - 1),
            (after.Queues - before.Queues) / (Times - 1),
            (after.RequestUnits - before.RequestUnits) / (Times - 1));
    }

    private static IdempotencyKey NewKey() => Value(IdempotencyKey.Parse([Guid.NewGuid().ToString()]));

    private static T Value<T>(Outcome<T> outcome)
        where T : class => outcome.Succeeded(out var value, out var problem) ? value : throw new CommandException(problem.Detail);

    private sealed class PastTime(int months) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddMonths(-months);
    }
}

/// <summary>The average cost of one operation in the app, compared with the minimum cost for the same result.</summary>
internal sealed record OperationCost(string Operation, Spending Ours, Spending Least);

/// <param name="Store">Requests to the store of orders and products.</param>
/// <param name="Queues">Round trips to queues.</param>
/// <param name="RequestUnits">The request units that are charged, or null for a store that does not charge request units.</param>
internal sealed record Spending(double Store, double Queues, double? RequestUnits);
