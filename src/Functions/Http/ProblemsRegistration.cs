using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServerlessScale.Functions.Http;

internal static class ProblemsRegistration
{
    /// <summary>
    /// Adds the middleware that turns failures into problem documents. Middleware that is added before this call sees the finished
    /// response. Middleware that is added after this call may throw.
    /// </summary>
    public static FunctionsApplicationBuilder AddProblems(this FunctionsApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ProblemGuard>();
        builder.UseMiddleware<ProblemMiddleware>();
        return builder;
    }
}
