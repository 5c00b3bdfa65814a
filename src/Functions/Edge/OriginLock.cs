using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Options;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Edge;

/// <summary>
/// Rejects requests that bypass the configured Front Door profile and therefore its firewall and rate limits. The platform's access
/// restrictions also reject such requests. This check protects the app if those restrictions are missing.
/// </summary>
internal sealed class OriginLock(IOptions<EdgeOptions> options)
{
    /// <summary>The header that Front Door sets to the id of its profile. Front Door overwrites any value that the client sent.</summary>
    public const string Header = "X-Azure-FDID";

    private readonly Guid? _frontDoor = Guid.TryParse(options.Value.FrontDoorId, out var id) ? id : null;

    /// <returns>A 403 <c>not-through-edge</c> problem, or null if the request is accepted.</returns>
    public Problem? Check(HttpRequest request)
    {
        if (_frontDoor is null)
        {
            return null;
        }

        var values = request.Headers[Header];
        return values.Count == 1 && Guid.TryParse(values[0], out var id) && id == _frontDoor
            ? null
            : new Problem(
                StatusCodes.Status403Forbidden,
                "not-through-edge",
                "The request did not pass through the edge",
                "This address accepts requests only from the shop's own Front Door. Use the shop's public address.");
    }
}

internal sealed class OriginLockMiddleware(OriginLock originLock) : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http && originLock.Check(http.Request) is { } problem)
        {
            context.GetInvocationResult().Value = problem.ToResult();
            return Task.CompletedTask;
        }

        return next(context);
    }
}
