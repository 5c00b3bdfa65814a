using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace ServerlessScale.Functions.Http;

/// <summary>Puts every HTTP function under the <see cref="ProblemGuard"/>; other triggers keep their exceptions, which make the host try again.</summary>
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

        // The worker's own middleware would execute the result outside of the guard, where a blob that breaks off while it is
        // streamed is not handled, and would then serialize the result object as JSON for the host, which ignores it.
        context.GetInvocationResult().Value = Results.Empty;
    }
}
