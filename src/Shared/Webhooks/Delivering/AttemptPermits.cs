using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Delivering;

/// <summary>
/// Grants permits for attempts. A permit needs a slot of this instance, so that a slow endpoint occupies only its share of the
/// instance, and a circuit breaker that lets the attempt through. Instances do not know each other's slots: the limit
/// <see cref="WebhookOptions.MaxConcurrency"/> holds per endpoint and instance.
/// </summary>
public sealed class AttemptPermits(CircuitBreaker breaker, IOptions<WebhookOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<EndpointId, int> _taken = [];

    /// <returns>The permit, or null with the time after which the circuit breaker should be asked again.</returns>
    public async Task<PermitResult> TryAcquireAsync(StoredEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (!TryTakeSlot(endpoint.Id))
        {
            return new PermitResult(Permit: null, BreakerOpenFor: null);
        }

        var permit = new AttemptPermit(this, breaker, endpoint);
        try
        {
            var decision = await breaker.AskAsync(endpoint, cancellationToken);
            if (decision.Allowed)
            {
                permit.IsProbe = decision.IsProbe;
                return new PermitResult(permit, BreakerOpenFor: null);
            }

            permit.Dispose();
            return new PermitResult(Permit: null, decision.Wait);
        }
        catch
        {
            permit.Dispose();
            throw;
        }
    }

    internal void ReleaseSlot(EndpointId endpoint)
    {
        lock (_gate)
        {
            if (--CollectionsMarshal.GetValueRefOrNullRef(_taken, endpoint) == 0)
            {
                _taken.Remove(endpoint);
            }
        }
    }

    private bool TryTakeSlot(EndpointId endpoint)
    {
        lock (_gate)
        {
            ref var taken = ref CollectionsMarshal.GetValueRefOrAddDefault(_taken, endpoint, out _);
            if (taken >= options.Value.MaxConcurrency)
            {
                return false;
            }

            taken++;
            return true;
        }
    }
}

/// <param name="Permit">Null when no attempt may be made now.</param>
/// <param name="BreakerOpenFor">How long the circuit breaker stays open; null when the slots were the reason, or a permit was granted.</param>
public readonly record struct PermitResult(AttemptPermit? Permit, TimeSpan? BreakerOpenFor);

/// <summary>
/// The right to make one attempt at an endpoint: a slot of this instance and, when the circuit breaker is half open, its one probe.
/// The holder reports the outcome and disposes the permit when the attempt has ended.
/// </summary>
public sealed class AttemptPermit : IDisposable
{
    private readonly AttemptPermits _permits;
    private readonly CircuitBreaker _breaker;
    private readonly StoredEndpoint _endpoint;
    private bool _released;

    internal AttemptPermit(AttemptPermits permits, CircuitBreaker breaker, StoredEndpoint endpoint)
    {
        _permits = permits;
        _breaker = breaker;
        _endpoint = endpoint;
    }

    /// <summary>Whether this attempt is the probe that decides if a half-open circuit breaker closes.</summary>
    public bool IsProbe { get; internal set; }

    /// <summary>Reports that the receiver accepted the delivery, which closes the circuit breaker.</summary>
    public Task ReportSuccessAsync(CancellationToken cancellationToken) => _breaker.SucceededAsync(_endpoint, cancellationToken);

    /// <param name="unreachable">Whether the endpoint was not reached, was too slow, or reported a fault of its own (5xx, 429).</param>
    public Task ReportFailureAsync(bool unreachable, CancellationToken cancellationToken) =>
        _breaker.FailedAsync(_endpoint, unreachable, IsProbe, cancellationToken);

    /// <summary>Releases the slot.</summary>
    public void Dispose()
    {
        if (!_released)
        {
            _released = true;
            _permits.ReleaseSlot(_endpoint.Id);
        }
    }
}
