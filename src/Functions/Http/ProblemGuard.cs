using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Functions.Http;

/// <summary>
/// Runs a function and writes its answer so that a client always gets a whole one: what the function returned, a problem
/// document (RFC 9457), or a broken transfer when the answer had already begun; never a truncated success.
/// </summary>
internal sealed partial class ProblemGuard(ILogger<ProblemGuard> logger)
{
    /// <param name="http">The request and its answer.</param>
    /// <param name="function">Runs the function; its result is executed here, or null when it wrote the answer by itself.</param>
    /// <param name="invocationCancelled">The host's wish to end the invocation (time limit, shutdown).</param>
    public async Task RunAsync(HttpContext http, Func<Task<IResult?>> function, CancellationToken invocationCancelled)
    {
        http.Response.OnStarting(AddStandingHeaders, http.Response);
        try
        {
            if (await function() is { } result)
            {
                await result.ExecuteAsync(http);
            }
        }
        catch (Exception exception) when (IsOfGoneClient(exception, http))
        {
            ClientGone(http.TraceIdentifier);
        }
        catch (Exception exception) when (!http.Response.HasStarted)
        {
            var problem = FailureProblems.Of(exception, http, invocationCancelled);
            Log(exception, problem.Status, problem.Code, http.TraceIdentifier);
            if (problem.Status >= StatusCodes.Status500InternalServerError)
            {
                // The invocation itself ends well, as it has an answer; the trace must say that the answer is a failure.
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

    private static Task AddStandingHeaders(object state)
    {
        var headers = ((HttpResponse)state).Headers;
        if (headers.CacheControl.Count == 0)
        {
            headers.CacheControl = "no-store";
        }

        headers.XContentTypeOptions = "nosniff";
        return Task.CompletedTask;
    }

    // Reading from or writing to a connection that was reset shows as one of these, depending on who notices first.
    private static bool IsOfGoneClient(Exception exception, HttpContext http) =>
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

    [LoggerMessage(LogLevel.Debug, "The client of {InvocationId} went away.")]
    private partial void ClientGone(string invocationId);

    [LoggerMessage(LogLevel.Error, "{InvocationId} failed unexpectedly and was answered with 500.")]
    private partial void Unexpected(Exception exception, string invocationId);

    [LoggerMessage(LogLevel.Warning, "{InvocationId} was answered with {Code}.")]
    private partial void Unavailable(Exception exception, string code, string invocationId);
}
