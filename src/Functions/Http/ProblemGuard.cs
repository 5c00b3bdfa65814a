using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Functions.Http;

/// <summary>
/// Runs a function and writes its response. The client gets the function's result or a problem document (RFC 9457). If the function
/// fails after the response has started, the guard aborts the connection, so that the client does not mistake a truncated response
/// for a complete response.
/// </summary>
internal sealed partial class ProblemGuard(ILogger<ProblemGuard> logger)
{
    private const string ExposedHeaders =
        "Allow, Consistency-Token, Content-Range, ETag, Idempotency-Replayed, Link, Location, Retry-After, Server-Timing, WWW-Authenticate, X-Cold-Start";

    /// <param name="http">The request and its response.</param>
    /// <param name="function">Runs the function and returns its result, or null when the function has written the response itself.</param>
    /// <param name="invocationCancelled">Cancelled when the host ends the invocation because of its time limit or a shutdown.</param>
    public async Task RunAsync(HttpContext http, Func<Task<IResult?>> function, CancellationToken invocationCancelled)
    {
        http.Response.OnStarting(AddDefaultHeaders, http);
        try
        {
            if (await function() is { } result)
            {
                await result.ExecuteAsync(http);
            }
        }
        catch (Exception exception) when (IsClientDisconnect(exception, http))
        {
            ClientDisconnected(http.TraceIdentifier);
        }
        catch (Exception exception) when (!http.Response.HasStarted)
        {
            var problem = FailureProblems.Of(exception, http, invocationCancelled);
            Log(exception, problem.Status, problem.Code, http.TraceIdentifier);
            if (problem.Status >= StatusCodes.Status500InternalServerError)
            {
                // The invocation completes normally, because it has a response. The trace must be marked as failed here, because nothing
                // else marks it.
                Activity.Current?.SetStatus(ActivityStatusCode.Error, problem.Code);
            }

            await problem.ToResult().ExecuteAsync(http);
        }
        catch (Exception)
        {
            http.Abort();
            throw;
        }
    }

    private static Task AddDefaultHeaders(object state)
    {
        var http = (HttpContext)state;
        var headers = http.Response.Headers;
        if (headers.CacheControl.Count == 0)
        {
            headers.CacheControl = "no-store";
        }

        headers.XContentTypeOptions = "nosniff";
        if (http.Request.Headers.Origin.Count > 0 && !HttpMethods.IsOptions(http.Request.Method))
        {
            // The platform decides which origins may read a response, but has no setting for the headers that their scripts may read.
            headers.AccessControlExposeHeaders = ExposedHeaders;
        }

        return Task.CompletedTask;
    }

    // A reset connection can cause any of these exceptions, depending on which layer detects the reset first.
    private static bool IsClientDisconnect(Exception exception, HttpContext http) =>
        http.RequestAborted.IsCancellationRequested
        && exception is OperationCanceledException or IOException or BadHttpRequestException;

    private void Log(Exception exception, int status, string code, string invocationId)
    {
        if (code == FailureProblems.InternalError)
        {
            Unexpected(exception, invocationId);
        }
        else if (status >= StatusCodes.Status500InternalServerError)
        {
            Unavailable(exception, code, invocationId);
        }
    }

    [LoggerMessage(LogLevel.Debug, "The client of invocation {InvocationId} disconnected.")]
    private partial void ClientDisconnected(string invocationId);

    [LoggerMessage(LogLevel.Error, "Invocation {InvocationId} failed unexpectedly. The response is 500.")]
    private partial void Unexpected(Exception exception, string invocationId);

    [LoggerMessage(
        LogLevel.Warning, "Invocation {InvocationId} failed because of a dependency or a cancellation. The response is problem {Code}.")]
    private partial void Unavailable(Exception exception, string code, string invocationId);
}
