using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Paging;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Storage;
using ServerlessScale.Shared.Webhooks.Sending.Signing;
using ServerlessScale.Shared.Webhooks.Sending.Urls;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>Creates, reads, changes and deletes a customer's endpoints. Reports another customer's endpoint as not found.</summary>
public sealed class EndpointManagement(
    EndpointStore endpoints, EndpointKeys keys, WebhookUrlPolicy urls, IOptions<WebhookOptions> options, TimeProvider time)
{
    /// <summary>Creates an endpoint. If an earlier request of the operation has created the endpoint, returns this endpoint.</summary>
    /// <returns>
    /// The endpoint, or a problem: <c>webhook-url-refused</c> or <c>invalid-body</c> (422), <c>endpoint-limit-reached</c> (409), or
    /// <c>endpoint-not-found</c> (404) when the customer has deleted the endpoint since the earlier request.
    /// </returns>
    public async Task<Outcome<EndpointWithSecret>> CreateAsync(
        string customerId, EndpointRequest request, Operation operation, CancellationToken cancellationToken)
    {
        var id = EndpointId.Of(operation);
        if (operation.IsRepeated && await endpoints.FindAnyAsync(customerId, id, cancellationToken) is { } earlier)
        {
            return earlier.Endpoint.Status == EndpointStatus.Deleted ? WebhookProblems.EndpointNotFound() : WithSecret(earlier);
        }

        if (EndpointRules.Check(request, out var signature, out var own) is { } problem)
        {
            return problem;
        }

        if (!(await urls.CheckAsync(request.Url, cancellationToken)).Succeeded(out var url, out var refused))
        {
            return refused;
        }

        var now = operation.StartedAt;
        var secrets = keys.Create(id, own, out var secret);
        var endpoint = new WebhookEndpoint
        {
            Id = id.Value,
            CustomerId = customerId,
            Url = url.OriginalString,
            EventTypes = Distinct(request.EventTypes),
            Description = Text(request.Description),
            Status = EndpointStatus.Active,
            Signature = signature,
            CreatedAt = now,
            OrderedSince = request.Ordered ? now : null,
            Secrets = secrets,
            Headers = keys.Seal(id, request.Headers),
            RateLimit = request.RateLimit is 0 ? null : request.RateLimit,
        };
        return await endpoints.TryAddAsync(endpoint, options.Value.MaxEndpoints, cancellationToken)
            ? new EndpointWithSecret(new StoredEndpoint(endpoint, EndpointHealth.Good, default), signature == SignatureKind.V1 ? secret : null)
            : WebhookProblems.EndpointLimitReached(options.Value.MaxEndpoints);
    }

    /// <returns>The endpoint, or a 404 <c>endpoint-not-found</c> problem.</returns>
    public async Task<Outcome<StoredEndpoint>> FindAsync(string customerId, string? endpointId, CancellationToken cancellationToken) =>
        EndpointId.TryParse(endpointId, out var id) && await endpoints.FindAsync(customerId, id, cancellationToken) is { } stored
            ? stored
            : WebhookProblems.EndpointNotFound();

    /// <returns>The endpoint, or a problem: <c>endpoint-not-found</c> (404) or <c>endpoint-not-active</c> (409).</returns>
    public async Task<Outcome<StoredEndpoint>> FindActiveAsync(string customerId, string? endpointId, CancellationToken cancellationToken)
    {
        var found = await FindAsync(customerId, endpointId, cancellationToken);
        return found.Value is { Endpoint.Status: not EndpointStatus.Active } inactive
            ? WebhookProblems.EndpointNotActive(inactive.Endpoint.Status)
            : found;
    }

    /// <summary>Lists a customer's endpoints, newest first.</summary>
    /// <param name="limit">The <c>limit</c> query parameter that the client sent; null when the client sent none.</param>
    /// <param name="cursor">The <c>cursor</c> query parameter that the client sent; null when the client sent none.</param>
    /// <returns>A page, or a 400 problem: <c>limit-invalid</c> or <c>cursor-invalid</c>.</returns>
    public async Task<Outcome<EndpointPage>> ListAsync(string customerId, string? limit, string? cursor, CancellationToken cancellationToken)
    {
        if (!PageLimit.TryParse(limit, out var most, out var problem))
        {
            return problem;
        }

        EndpointId after = default;
        if (cursor is not null && !EndpointId.TryParse(cursor, out after))
        {
            return PageProblems.CursorInvalid();
        }

        // All endpoints are read, because a customer has only a few. Their ids sort newest first.
        var rest = (await endpoints.ListAsync(customerId, cancellationToken))
            .Where(stored => cursor is null || string.CompareOrdinal(stored.Endpoint.Id, after.Value) > 0)
            .ToArray();
        return new EndpointPage([.. rest.Take(most)], rest.Length > most ? rest[most - 1].Endpoint.Id : null);
    }

    /// <summary>Changes the members of the endpoint that are present in the request.</summary>
    /// <returns>
    /// The changed endpoint, with a new secret if the signature was changed to <c>v1</c>; or a problem: <c>endpoint-not-found</c> (404), <c>webhook-url-refused</c> or <c>invalid-body</c> (422), or
    /// <c>endpoint-changed</c> (409).
    /// </returns>
    public async Task<Outcome<EndpointWithSecret>> ChangeAsync(
        string customerId, string? endpointId, EndpointChange change, CancellationToken cancellationToken)
    {
        if (EndpointRules.Check(change, out var signature, out var status) is { } problem)
        {
            return problem;
        }

        // The endpoint is looked up before the URL is checked, so that a client without an endpoint cannot make this service resolve host
        // names.
        if (!(await FindAsync(customerId, endpointId, cancellationToken)).Succeeded(out _, out var missing))
        {
            return missing;
        }

        if (change.Url is { } url && (await urls.CheckAsync(url, cancellationToken)).Problem is { } refused)
        {
            return refused;
        }

        string? secret = null;
        var outcome = await UpdateAsync(
            customerId,
            endpointId,
            stored =>
            {
                if (stored.Endpoint.Headers is not null && change is { Headers: null, Url: { } moved } && !IsSameOrigin(moved, stored.Endpoint.Url))
                {
                    return WebhookProblems.HeadersNeededForNewOrigin();
                }

                var changed = Changed(stored, change, status);
                if (change.Signature is null || signature == stored.Endpoint.Signature)
                {
                    return changed;
                }

                // The customer has never seen the secret of an endpoint that had v1a signatures, so a change to v1 creates a new secret.
                secret = null;
                var secrets = signature == SignatureKind.V1 ? keys.Create(stored.Id, own: null, out secret) : stored.Endpoint.Secrets;
                return changed with { Endpoint = changed.Endpoint with { Signature = signature, Secrets = secrets } };
            },
            cancellationToken);
        return outcome.Succeeded(out var updated, out problem) ? new EndpointWithSecret(updated, secret) : problem;
    }

    /// <summary>
    /// Replaces the secret. Deliveries are also signed with the previous secret for the requested time, by default
    /// <see cref="EndpointKeys.Overlap"/>. If an earlier request of the operation has replaced the secret, returns the secret that the
    /// earlier request created.
    /// </summary>
    /// <returns>
    /// The endpoint, or a problem: <c>endpoint-not-found</c> (404), <c>secret-not-used</c>, <c>rotation-limit-reached</c> or
    /// <c>endpoint-changed</c> (409), or <c>invalid-body</c> (422).
    /// </returns>
    public async Task<Outcome<EndpointWithSecret>> RotateSecretAsync(
        string customerId, string? endpointId, SecretRotation rotation, Operation operation, CancellationToken cancellationToken)
    {
        if (!EndpointRules.TryParseGrace(rotation.GraceHours, out var grace, out var invalid))
        {
            return invalid;
        }

        if (!(await FindAsync(customerId, endpointId, cancellationToken)).Succeeded(out var found, out var problem))
        {
            return problem;
        }

        if (found.Endpoint.Signature != SignatureKind.V1)
        {
            return WebhookProblems.SecretNotUsed();
        }

        string? secret = null;
        var outcome = await UpdateAsync(
            customerId,
            endpointId,
            stored => keys.Rotate(stored.Id, stored.Endpoint.Secrets, grace, operation, out secret) is { } secrets
                ? stored with { Endpoint = stored.Endpoint with { Secrets = secrets, Headers = keys.Renew(stored.Id, stored.Endpoint.Headers) } }
                : WebhookProblems.RotationLimitReached(EndpointKeys.MostPrevious),
            cancellationToken);
        return outcome.Succeeded(out var rotated, out problem) ? new EndpointWithSecret(rotated, secret) : problem;
    }

    /// <summary>Deletes an endpoint. The customer can no longer see its deliveries, and a nightly timer deletes their rows.</summary>
    /// <returns>
    /// Null when the endpoint was deleted, or a problem: <c>endpoint-not-found</c> (404) or <c>endpoint-changed</c> (409).
    /// </returns>
    public async Task<Problem?> DeleteAsync(string customerId, string? endpointId, CancellationToken cancellationToken)
    {
        var outcome = await OptimisticUpdate.RunAsync<Outcome<StoredEndpoint>, Outcome<StoredEndpoint>>(
            () => FindAsync(customerId, endpointId, cancellationToken),
            async found => !found.Succeeded(out var stored, out _) || await endpoints.TryDeleteAsync(stored, cancellationToken)
                ? (Done: true, found)
                : (Done: false, found),
            cancellationToken,
            exhausted: () => WebhookProblems.EndpointChangedMeanwhile());
        return outcome.Problem;
    }

    private StoredEndpoint Changed(StoredEndpoint stored, EndpointChange change, EndpointStatus? status)
    {
        var endpoint = stored.Endpoint;
        var moved = change.Url is not null && change.Url != endpoint.Url;
        var resumed = status == EndpointStatus.Active && endpoint.Status != EndpointStatus.Active;
        return stored with
        {
            Endpoint = endpoint with
            {
                Url = change.Url ?? endpoint.Url,
                EventTypes = change.EventTypes is null ? endpoint.EventTypes : Distinct(change.EventTypes),
                Description = change.Description is null ? endpoint.Description : Text(change.Description),
                Status = status ?? endpoint.Status,
                Disabled = status is null ? endpoint.Disabled : null,
                Headers = change.Headers is null ? endpoint.Headers : keys.Seal(stored.Id, change.Headers),
                RateLimit = change.RateLimit switch { null => endpoint.RateLimit, 0 => null, var limit => limit },
                OrderedSince = change.Ordered switch
                {
                    true => endpoint.OrderedSince ?? time.GetUtcNow(),
                    false => null,
                    null => endpoint.OrderedSince,
                },
            },
            // Earlier failures do not count against a new URL or against an endpoint that was made active again.
            Health = moved || resumed ? EndpointHealth.Good : stored.Health,
        };
    }

    private Task<Outcome<StoredEndpoint>> UpdateAsync(
        string customerId, string? endpointId, Func<StoredEndpoint, Outcome<StoredEndpoint>> change, CancellationToken cancellationToken) =>
        OptimisticUpdate.RunAsync<Outcome<StoredEndpoint>, Outcome<StoredEndpoint>>(
            () => FindAsync(customerId, endpointId, cancellationToken),
            async found =>
            {
                if (!found.Succeeded(out var stored, out _))
                {
                    return (Done: true, found);
                }

                var outcome = change(stored);
                if (!outcome.Succeeded(out var changed, out _))
                {
                    return (Done: true, outcome);
                }

                return (await endpoints.TryReplaceAsync(stored, changed.Endpoint, changed.Health, cancellationToken), changed);
            },
            cancellationToken,
            exhausted: () => WebhookProblems.EndpointChangedMeanwhile());

    private static bool IsSameOrigin(string first, string second) =>
        Uri.Compare(new Uri(first), new Uri(second), UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;

    private EndpointWithSecret WithSecret(StoredEndpoint stored) =>
        new(stored, stored.Endpoint.Signature == SignatureKind.V1 ? keys.Reveal(stored.Id, stored.Endpoint.Secrets) : null);

    private static IReadOnlyList<string> Distinct(IReadOnlyList<string>? types) => [.. (types ?? []).Distinct()];

    private static string? Text(string? description) => description is { Length: > 0 } ? description : null;
}

/// <summary>A page of a customer's endpoints, newest first.</summary>
/// <param name="NextCursor">The cursor for the next page; null on the last page.</param>
public sealed record EndpointPage(IReadOnlyList<StoredEndpoint> Endpoints, string? NextCursor);

/// <summary>An endpoint with its new secret.</summary>
/// <param name="Secret">
/// The secret in plain text, which no other response contains; null for an endpoint that uses <c>v1a</c> signatures.
/// </param>
public sealed record EndpointWithSecret(StoredEndpoint Stored, string? Secret);
