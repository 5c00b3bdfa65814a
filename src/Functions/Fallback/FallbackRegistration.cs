using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServerlessScale.Functions.Fallback;

internal static class FallbackRegistration
{
    /// <summary>Adds the route table that the fallback function uses.</summary>
    public static IHostApplicationBuilder AddFallback(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<RouteTable>();
        return builder;
    }
}
