using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Idempotency;

namespace ServerlessScale.Functions.Idempotency;

/// <summary>
/// Runs a function if its operation has not been performed yet, and stores the response. A refusal without an effect is not stored, so the
/// client can repeat the request after it has removed the cause. A failure (5xx) is not stored either, but its operation keeps its ids, so
/// the next request finds an effect that the failure left behind.
/// </summary>
internal sealed partial class IdempotentRequests(IdempotencyStore store, ILogger<IdempotentRequests> logger)
{
    /// <summary>
    /// The number of bytes of a body that the fingerprint covers. Functions that read JSON refuse longer bodies, and other functions ignore
    /// their bodies.
    /// </summary>
    private const int FingerprintedBytes = JsonBody.MaxBytes + 1;

    public async Task<IResult> RunAsync(
        HttpContext http, IdempotentAttribute idempotent, Func<Task<IResult>> function, CancellationToken cancellationToken)
    {
        var request = http.Request;
        if (!IdempotencyKey.Parse(request.Headers[IdempotencyKey.HeaderName]).Succeeded(out var key, out var problem))
        {
            return problem.ToResult();
        }

        var body = idempotent.StreamsBody ? default : await BufferAsync(request);
        var fingerprint = RequestFingerprint.Of(request.Method, request.Path.ToUriComponent(), body.Span);
        return await store.BeginAsync(http.CustomerId(), key, fingerprint, cancellationToken) switch
        {
            Beginning.Refused { Problem: var refusal } => refusal.ToResult(),
            Beginning.Completed { BodyDigest: { } digest } when !await BodyDigest.MatchesAsync(request.Body, digest, http.RequestAborted) =>
                IdempotencyProblems.KeyReused().ToResult(),
            Beginning.Completed completed => new RecordedResult(completed.Response, IsReplayed: true),
            Beginning.Started { Run: var run } => await PerformAsync(http, run, function),
            var beginning => throw new InvalidOperationException($"Unknown beginning {beginning}."),
        };
    }

    private async Task<IResult> PerformAsync(HttpContext http, OperationRun run, Func<Task<IResult>> function)
    {
        http.Features.Set(run.Operation);
        IResult result;
        try
        {
            result = await function();
        }
        catch
        {
            await TryEndAsync(run.ReleaseAsync, http);
            throw;
        }

        var status = (result as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
        if (status >= StatusCodes.Status400BadRequest && (status >= StatusCodes.Status500InternalServerError || !run.Operation.HasActed))
        {
            // An earlier request of the operation may have had an effect, so only the first request may remove the record.
            var keepsIds = status >= StatusCodes.Status500InternalServerError || run.Operation.IsRepeated;
            await TryEndAsync(keepsIds ? run.ReleaseAsync : run.DiscardAsync, http);
            return result;
        }

        var response = await RecordedResult.RecordAsync(result, http);
        await TryEndAsync(ended => run.CompleteAsync(response, ended), http);
        return new RecordedResult(response, IsReplayed: false);
    }

    /// <summary>
    /// Ends the run even if the client has disconnected. If storage fails, the client still gets its response, because the operation has
    /// been performed. A repeated request continues the operation after the lease, and finds its effect.
    /// </summary>
    private async Task TryEndAsync(Func<CancellationToken, Task> end, HttpContext http)
    {
        try
        {
            await end(CancellationToken.None);
        }
        catch (Exception exception) when (DependencyFailure.Is(exception))
        {
            LogNotEnded(exception, http.TraceIdentifier);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> BufferAsync(HttpRequest request)
    {
        var capacity = (int)Math.Min(request.ContentLength ?? FingerprintedBytes, FingerprintedBytes);
        var buffer = new byte[capacity];
        var length = await request.Body.ReadAtLeastAsync(buffer, capacity, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        request.Body = new MemoryStream(buffer, 0, length, writable: false);
        return buffer.AsMemory(0, length);
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The record of the operation of invocation {InvocationId} could not be written. A repeated request continues the operation after its lease.")]
    private partial void LogNotEnded(Exception exception, string invocationId);
}
