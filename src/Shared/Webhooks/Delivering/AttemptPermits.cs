using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Delivering;

/// <summary>
/// Grants permits for attempts. A permit requires a free slot and a circuit breaker that allows the attempt. Each instance has
/// <see cref="WebhookOptions.MaxConcurrency"/> slots per endpoint, so that a slow endpoint cannot use up the instance's capacity.
/// </summary>
public sealed class AttemptPermits(CircuitBreaker breaker, IOptions<WebhookOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<EndpointId, int> _taken = [];

    /// <returns>
    /// The permit. If the circuit breaker refuses the permit, the result instead contains the time to wait before asking again.
    /// </returns>
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

/// <summary>The result of a request for a permit.</summary>
/// <param name="Permit">The permit; null when no attempt may be made now.</param>
/// <param name="BreakerOpenFor">The time until the circuit breaker allows an attempt; null unless the breaker refused the permit.</param>
public readonly record struct PermitResult(AttemptPermit? Permit, TimeSpan? BreakerOpenFor);

/// <summary>
/// A permit for one attempt to send a delivery to an endpoint. It occupies one of this instance's slots for the endpoint. When the circuit
/// breaker is half open, the attempt is the breaker's only probe. The caller reports the outcome and disposes the permit when the attempt
/// has ended.
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

    /// <summary>Whether this attempt is the probe that decides whether a half-open circuit breaker closes.</summary>
    public bool IsProbe { get; internal set; }

    /// <summary>Reports that the receiver accepted the delivery, which closes the circuit breaker.</summary>
    public Task ReportSuccessAsync(CancellationToken cancellationToken) => _breaker.SucceededAsync(_endpoint, cancellationToken);

    /// <summary>Reports a failed attempt, which can open the circuit breaker.</summary>
    /// <param name="unreachable">Whether the endpoint could not be reached, was too slow, or responded with 5xx or 429.</param>
    public Task ReportFailureAsync(EndpointFailure failure, bool unreachable, CancellationToken cancellationToken) =>
        _breaker.FailedAsync(_endpoint, failure, unreachable, IsProbe, cancellationToken);

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
