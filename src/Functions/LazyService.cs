using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ServerlessScale.Functions;

/// <summary>
/// A service that is constructed on its first use. A class with several functions injects its services as <see cref="Lazy{T}"/>, so that
/// a call constructs only the services that the called function uses. This shortens cold starts.
/// </summary>
internal sealed class LazyService<T>(IServiceProvider services) : Lazy<T>(services.GetRequiredService<T>)
    where T : notnull;

internal static class LazyServiceExtensions
{
    /// <summary>Allows the injection of any registered service as a <see cref="Lazy{T}"/>.</summary>
    public static IServiceCollection AddLazy(this IServiceCollection services)
    {
        services.TryAddTransient(typeof(Lazy<>), typeof(LazyService<>));
        return services;
    }
}
