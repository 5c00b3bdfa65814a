using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using ServerlessScale.Functions.Http;

namespace ServerlessScale.Functions.Edge;

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
