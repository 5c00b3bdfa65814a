using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ServerlessScale.Functions.Edge;

internal static class EdgeRegistration
{
    /// <summary>
    /// Adds middleware that rejects requests that bypass the configured Front Door profile. Without a configured profile, it accepts every
    /// request. Must be called after <c>AddProblems</c>, whose middleware writes the problem document.
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
