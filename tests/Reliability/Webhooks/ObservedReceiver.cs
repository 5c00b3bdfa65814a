using System.Globalization;
using ServerlessScale.Tests.Integration.Webhooks;

namespace ServerlessScale.Tests.Reliability.Webhooks;

/// <summary>An event that a receiver has accepted with a 2xx status, and the time when the receiver first accepted it.</summary>
internal sealed record Accepted(string Id, DateTimeOffset At);

/// <summary>A receiver that rejects some events and delays some responses at random. It ignores duplicates of accepted events.</summary>
internal sealed class ObservedReceiver : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly string _name;
    private readonly Random _random;
    private readonly double _refusals;
    private readonly double _slow;
    private readonly TimeSpan _slowness;
    private readonly HashSet<string> _seen = [];
    private readonly HashSet<string> _acceptedIds = [];
    private readonly List<Accepted> _accepted = [];
    private int _duplicates;

    private ObservedReceiver(string name, double refusals, double slow, TimeSpan slowness, int seed) =>
        (_name, _refusals, _slow, _slowness, _random) = (name, refusals, slow, slowness, new Random(seed));

    public Receiver Receiver { get; private set; } = null!;

    public int Requests => Receiver.Requests.Count;

    /// <summary>The accepted events in order of arrival, without duplicates.</summary>
    public IReadOnlyList<Accepted> Accepted
    {
        get
        {
            lock (_gate)
            {
                return [.. _accepted];
            }
        }
    }

    /// <param name="refusals">The fraction of events whose first attempt gets 500. If the fraction is 1, every attempt gets 500.</param>
    /// <param name="slow">The fraction of requests whose response is delayed by <paramref name="slowness"/>.</param>
    public static async Task<ObservedReceiver> StartAsync(string name, double refusals, double slow, TimeSpan slowness, int seed)
    {
        var observed = new ObservedReceiver(name, refusals, slow, slowness, seed);
        observed.Receiver = await Receiver.StartAsync(observed.RespondAsync);
        return observed;
    }

    public string Report(IReadOnlyDictionary<string, DateTimeOffset> sentAt)
    {
        var accepted = Accepted;
        double[] delays = [.. accepted.Select(event_ => (event_.At - sentAt[event_.Id]).TotalMilliseconds).Order()];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{_name}: lost {sentAt.Count - accepted.Count}, duplicates {_duplicates}, delay p50 {At(0.5):0} ms, p95 {At(0.95):0} ms, p99 {At(0.99):0} ms");

        double At(double share) => delays is [] ? double.NaN : delays[(int)Math.Ceiling(share * delays.Length) - 1];
    }

    public ValueTask DisposeAsync() => Receiver.DisposeAsync();

    private async Task<ReceiverResponse> RespondAsync(Received request, CancellationToken aborted)
    {
        bool slow;
        lock (_gate)
        {
            slow = _random.NextDouble() < _slow;
            var first = _seen.Add(request.Id);
            if (_refusals >= 1 || (first && _random.NextDouble() < _refusals))
            {
                return new ReceiverResponse(500);
            }

            if (!_acceptedIds.Add(request.Id))
            {
                _duplicates++;
                return ReceiverResponse.Ok;
            }

            _accepted.Add(new Accepted(request.Id, DateTimeOffset.UtcNow));
        }

        if (slow)
        {
            await Task.Delay(_slowness, aborted);
        }

        return ReceiverResponse.Ok;
    }
}
