using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ServerlessScale.Functions.Edge;

internal static class EdgeRegistration
{
    /// <summary>
    /// Adds a middleware that refuses requests from any other Front Door profile than the configured one, if a profile is configured.
    /// Must be called after <c>AddProblems</c>, whose middleware writes the problem document.
    /// </summary>
    public static FunctionsApplicationBuilder AddEdge(this FunctionsApplicationBuilder builder)
    {
        builder.Services.AddOptions<EdgeOptions>().BindConfiguration(EdgeOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<EdgeOptions>, EdgeOptionsValidator>();
        builder.Services.AddSingleton<OriginLock>();
        builder.UseMiddleware<OriginLockMiddleware>();
        return builder;
    }
}
