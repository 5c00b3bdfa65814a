using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace ServerlessScale.Functions.Http;

/// <summary>
/// Runs every HTTP function in the <see cref="ProblemGuard"/>. Functions with other triggers may throw: the host retries them because of
/// the exception.
/// </summary>
internal sealed class ProblemMiddleware(ProblemGuard guard) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }

        http.TraceIdentifier = context.InvocationId;
        await guard.RunAsync(
            http,
            async () =>
            {
                await next(context);
                return context.GetInvocationResult().Value as IResult;
            },
            context.CancellationToken);

        // The guard has executed the result. Without this line, the worker's own middleware would execute it again outside of the
        // guard, which handles failures during streaming, and would serialize the result object for the host, which ignores it.
        context.GetInvocationResult().Value = Results.Empty;
    }
}
