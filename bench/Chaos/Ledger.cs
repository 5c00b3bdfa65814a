using System.Collections.Concurrent;

namespace ServerlessScale.Bench.Chaos;

/// <summary>An order that the shop has acknowledged.</summary>
/// <param name="Customer">The customer who placed the order.</param>
/// <param name="Id">The id of the order.</param>
/// <param name="Total">The total that the order must have.</param>
internal sealed record AcknowledgedOrder(string Customer, string Id, long Total)
{
    /// <summary>The statuses that the shop has acknowledged, in their order.</summary>
    public List<string> Statuses { get; } = ["placed"];
}

/// <summary>The acknowledged writes of all shoppers, and what happened to their requests. Thread-safe.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, TimeSpan> _unavailable = new();
    private readonly ConcurrentQueue<string> _wrong = new();
    private int _acknowledged;
    private int _repeated;
    private int _refused;

    public ConcurrentBag<AcknowledgedOrder> Orders { get; } = [];

    /// <summary>The acknowledged uploads: the id of the image, and the customer.</summary>
    public ConcurrentBag<(string Id, string Customer)> Images { get; } = [];

    /// <summary>The number of requests with the expected response.</summary>
    public int Acknowledged => _acknowledged;

    /// <summary>The number of attempts that were repeated, because the connection was lost or the response was a temporary problem.</summary>
    public int Repeated => _repeated;

    /// <summary>The number of temporary problems among the repeated attempts (502, 503, 504, 409 and 429 with <c>Retry-After</c>, and the empty 500 of the host).</summary>
    public int Refused => _refused;

    /// <summary>Responses that no client should get, such as 500 or the order of another key.</summary>
    public IReadOnlyCollection<string> Wrong => _wrong;

    /// <summary>The longest time from the first attempt of a request to its success, for each kind of fault.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Unavailable => _unavailable;

    public void Acknowledge() => Interlocked.Increment(ref _acknowledged);

    public void Repeat(bool refused)
    {
        Interlocked.Increment(ref _repeated);
        Interlocked.Add(ref _refused, refused ? 1 : 0);
    }

    public void AddWrong(string description) => _wrong.Enqueue(description);

    public void Waited(string fault, TimeSpan time) => _unavailable.AddOrUpdate(fault, time, (_, known) => known > time ? known : time);
}
