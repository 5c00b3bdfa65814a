using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServerlessScale.Functions.Http;

internal static class ProblemsRegistration
{
    /// <summary>Adds the middleware that answers failures as problem documents. Middleware added before it sees the finished answer; what comes after may throw.</summary>
    public static FunctionsApplicationBuilder AddProblems(this FunctionsApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ProblemGuard>();
        builder.UseMiddleware<ProblemMiddleware>();
        return builder;
    }
}
