using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Shared.Webhooks;
using ServerlessScale.Shared.Webhooks.Delivering;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Sending;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Tests.Unit.Webhooks.Delivering;

/// <summary>
/// Tests attempt permits. The endpoint store is unreachable. The tests do not need the store, because requesting a permit writes to it only
/// if the circuit breaker is half open.
/// </summary>
public sealed class AttemptPermitTests
{
    private static readonly IOptions<WebhookOptions> TwoSlots = Options.Create(new WebhookOptions { MaxConcurrency = 2 });

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly AttemptPermits _permits;

    public AttemptPermitTests()
    {
        var unreachable = new TableServiceClient(new Uri("http://127.0.0.1:1/account"), new TableSharedKeyCredential("account", "AAAA"));
        var breaker = new CircuitBreaker(new EndpointStore(unreachable), TwoSlots, Options.Create(new WebhookSenderOptions()), _time);
        _permits = new AttemptPermits(breaker, TwoSlots);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_endpoint_gets_one_permit_per_concurrency_slot()
    {
        var endpoint = Endpoint();
        var first = (await _permits.TryAcquireAsync(endpoint, Ct)).Permit;
        var second = (await _permits.TryAcquireAsync(endpoint, Ct)).Permit;

        Assert.NotNull(first);
        Assert.NotNull(second);
        Assert.Equal(new PermitResult(null, null), await _permits.TryAcquireAsync(endpoint, Ct));
        first.Dispose();
        Assert.NotNull((await _permits.TryAcquireAsync(endpoint, Ct)).Permit);
        Assert.Null((await _permits.TryAcquireAsync(endpoint, Ct)).Permit);
    }

    [Fact]
    public async Task Endpoints_do_not_share_concurrency_slots()
    {
        var full = Endpoint();
        await _permits.TryAcquireAsync(full, Ct);
        await _permits.TryAcquireAsync(full, Ct);

        Assert.NotNull((await _permits.TryAcquireAsync(Endpoint(), Ct)).Permit);
    }

    [Fact]
    public async Task Disposing_a_permit_twice_releases_only_one_slot()
    {
        var endpoint = Endpoint();
        var first = (await _permits.TryAcquireAsync(endpoint, Ct)).Permit;
        await _permits.TryAcquireAsync(endpoint, Ct);

        first!.Dispose();
        first.Dispose();

        Assert.NotNull((await _permits.TryAcquireAsync(endpoint, Ct)).Permit);
        Assert.Null((await _permits.TryAcquireAsync(endpoint, Ct)).Permit);
    }

    [Fact]
    public async Task An_open_circuit_breaker_denies_permits_without_using_slots()
    {
        var endpoint = Endpoint() with { Health = new EndpointHealth(_time.GetUtcNow(), 5, _time.GetUtcNow().AddSeconds(10)) };

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(new PermitResult(null, TimeSpan.FromSeconds(10)), await _permits.TryAcquireAsync(endpoint, Ct));
        }

        Assert.NotNull((await _permits.TryAcquireAsync(endpoint with { Health = EndpointHealth.Good }, Ct)).Permit);
    }

    [Fact]
    public async Task A_permit_from_a_closed_circuit_breaker_is_not_a_probe() =>
        Assert.False((await _permits.TryAcquireAsync(Endpoint(), Ct)).Permit!.IsProbe);

    [Fact]
    public async Task Parallel_attempts_never_exceed_the_concurrency_limit()
    {
        var endpoint = Endpoint();
        var (inside, most) = (0, 0);

        await Parallel.ForAsync(0, 10_000, Ct, async (_, stop) =>
        {
            using var permit = (await _permits.TryAcquireAsync(endpoint, stop)).Permit;
            if (permit is not null)
            {
                var now = Interlocked.Increment(ref inside);
                lock (_permits)
                {
                    most = Math.Max(most, now);
                }

                Interlocked.Decrement(ref inside);
            }
        });

        Assert.InRange(most, 1, 2);
    }

    private static StoredEndpoint Endpoint() => new(
        new WebhookEndpoint
        {
            Id = EndpointId.New(DateTimeOffset.UnixEpoch).Value,
            CustomerId = "c1",
            Url = "https://hooks.example.com/",
            Status = EndpointStatus.Active,
            Signature = SignatureKind.V1,
            CreatedAt = DateTimeOffset.UnixEpoch,
            Secrets = new EndpointSecrets(""),
        },
        EndpointHealth.Good,
        default);
}
