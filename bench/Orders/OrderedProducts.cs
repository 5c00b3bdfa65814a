using ServerlessScale.Local;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Bench.Orders;

/// <summary>The products that every order of the benchmark contains.</summary>
internal static class OrderedProducts
{
    public static IReadOnlyList<(string Sku, long Price, long Quantity)> All { get; } =
        [("mug-1", 1250, 2), ("tea-earl-grey", 790, 1), ("spoon.small", 99, 6)];

    public static IReadOnlyList<RequestedLine> Lines { get; } =
        [.. All.Select(product => new RequestedLine { Sku = product.Sku, Quantity = product.Quantity, UnitPrice = product.Price })];

    public static Task AddAsync(LocalCloud cloud, CancellationToken cancellationToken) =>
        BenchProducts.AddAsync(cloud, All.Select(product => (product.Sku, product.Price)), cancellationToken);
}
