using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;

namespace ServerlessScale.Functions.Identity;

/// <summary>Runs functions that have a <see cref="Http.RequireScopeAttribute"/> only for bearers of that scope.</summary>
internal sealed class AuthenticationMiddleware(RequiredScopes scopes) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http && scopes.Of(context.FunctionDefinition) is { } scope)
        {
            // Made on the first request that needs it: anonymous ones should not pay for the token library at a cold start.
            var authentication = context.InstanceServices.GetRequiredService<BearerAuthentication>();
            if (await authentication.AuthorizeAsync(http, scope, context.CancellationToken) is { } refusal)
            {
                context.GetInvocationResult().Value = refusal;
                return;
            }
        }

        await next(context);
    }
}
