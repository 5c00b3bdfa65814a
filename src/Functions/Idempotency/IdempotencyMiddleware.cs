using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Idempotency;

namespace ServerlessScale.Functions.Idempotency;

/// <summary>Performs the operation of a request with an idempotency key only once.</summary>
internal sealed class IdempotencyMiddleware(FunctionAttributes<IdempotentAttribute> functions) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http
            || !http.Request.Headers.ContainsKey(IdempotencyKey.HeaderName)
            || functions.Of(context.FunctionDefinition) is not { } idempotent)
        {
            await next(context);
            return;
        }

        // The service is resolved here, so that a request without a key does not construct the service during a cold start.
        var requests = context.InstanceServices.GetRequiredService<IdempotentRequests>();
        context.GetInvocationResult().Value = await requests.RunAsync(
            http,
            idempotent,
            async () =>
            {
                await next(context);
                return (IResult)context.GetInvocationResult().Value!;
            },
            context.CancellationToken);
    }
}
