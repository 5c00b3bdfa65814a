namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>
/// What the last attempts say of an endpoint. It is kept beside the endpoint, so that all instances act on it, and written only when it
/// changes: not at all while an endpoint takes what it is sent.
/// </summary>
/// <param name="FailingSince">The first of the failures that no success has followed; null when the last attempt succeeded.</param>
/// <param name="Unreachable">How often in a row it was not reached, was too slow, or had a fault of its own (5xx, 429).</param>
/// <param name="OpenUntil">Until then the circuit breaker lets nothing through; then one attempt.</param>
public sealed record EndpointHealth(DateTimeOffset? FailingSince, int Unreachable, DateTimeOffset? OpenUntil)
{
    public static EndpointHealth Good { get; } = new(null, 0, null);
}
