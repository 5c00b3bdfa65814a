using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ServerlessScale.Functions.Edge;

internal static class EdgeRegistration
{
    /// <summary>
    /// If a Front Door profile is configured, adds a middleware that refuses requests that did not pass through that profile.
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
