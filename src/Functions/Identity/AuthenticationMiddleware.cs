using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using ServerlessScale.Functions.Http;

namespace ServerlessScale.Functions.Identity;

/// <summary>
/// Rejects requests without a valid token that has the scope required by the function's <see cref="RequireScopeAttribute"/>.
/// </summary>
internal sealed class AuthenticationMiddleware(FunctionAttributes<RequireScopeAttribute> scopes) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http && scopes.Of(context.FunctionDefinition) is { Scope: var scope })
        {
            // The service is resolved here, so that an anonymous request does not load the token library during a cold start.
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
