using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ServerlessScale.Functions.Edge;

internal static class EdgeRegistration
{
    /// <summary>
    /// Restricts the app to the Front Door that the settings name, if they name one. Must be called after <c>AddProblems</c>, whose
    /// middleware writes the refusal.
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
