using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ServerlessScale.Functions.Edge;

internal static class EdgeRegistration
{
    /// <summary>Locks the app to its Front Door when the settings name one. Comes after the problem middleware, which writes the refusal.</summary>
    public static FunctionsApplicationBuilder AddEdge(this FunctionsApplicationBuilder builder)
    {
        builder.Services.AddOptions<EdgeOptions>().BindConfiguration(EdgeOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<EdgeOptions>, EdgeOptionsValidator>();
        builder.Services.AddSingleton<OriginLock>();
        builder.UseMiddleware<OriginLockMiddleware>();
        return builder;
    }
}
