using System.Globalization;
using System.Text.Json;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Tests.Reliability.Webhooks;

/// <summary>Generates the events of overlapping orders. Each order is placed, paid and shipped.</summary>
internal static class ShopHistory
{
    private static readonly string[] Statuses = ["placed", "paid", "shipped"];

    /// <param name="events">The minimum number of events. The result may contain more, because every started order is completed.</param>
    /// <returns>The events in the order of their times.</returns>
    public static IReadOnlyList<(string Order, int Version)> Make(int events, Random random)
    {
        var open = new List<(string Order, int Version)>();
        var history = new List<(string Order, int Version)>();
        for (var next = 0; history.Count < events || open.Count > 0;)
        {
            if (open.Count == 0 || (history.Count + open.Count < events && random.Next(3) == 0))
            {
                open.Add(($"ord_{next++.ToString("D6", CultureInfo.InvariantCulture)}", 0));
            }

            var index = random.Next(open.Count);
            var (order, version) = open[index];
            history.Add((order, version + 1));
            open[index] = (order, version + 1);
            if (version + 1 == Statuses.Length)
            {
                open.RemoveAt(index);
            }
        }

        return history;
    }

    /// <param name="previousAt">The time of the order's previous event, or null for the first event.</param>
    public static EventEnvelope Event(string customer, string order, int version, DateTimeOffset? previousAt) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"evt_{order}_{version}"),
        CustomerId = customer,
        Type = version == 1 ? "order.created" : "order.updated",
        Timestamp = DateTimeOffset.UtcNow,
        Data = JsonSerializer.SerializeToElement(new { id = order, status = Statuses[version - 1], version }),
        Position = new EventPosition(order, version, previousAt),
    };
}
