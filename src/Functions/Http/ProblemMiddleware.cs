using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace ServerlessScale.Functions.Http;

/// <summary>
/// Runs every HTTP function inside the <see cref="ProblemGuard"/>. Functions with other triggers run without the guard and may throw,
/// because the host retries them after an exception.
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

        // The guard has already executed the result, because the guard must handle failures during streaming. Without this line, the
        // worker's middleware would execute the result again and serialize it for the host, although the host would ignore it.
        context.GetInvocationResult().Value = Results.Empty;
    }
}
