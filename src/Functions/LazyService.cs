using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ServerlessScale.Functions;

/// <summary>
/// A service that is constructed on its first use. A class with several functions takes its services as <see cref="Lazy{T}"/>, so that a
/// call, above all the first call of a cold start, constructs only the services of its own function.
/// </summary>
internal sealed class LazyService<T>(IServiceProvider services) : Lazy<T>(services.GetRequiredService<T>)
    where T : notnull;

internal static class LazyServiceExtensions
{
    /// <summary>Lets constructors take any registered service as a <see cref="Lazy{T}"/>.</summary>
    public static IServiceCollection AddLazy(this IServiceCollection services)
    {
        services.TryAddTransient(typeof(Lazy<>), typeof(LazyService<>));
        return services;
    }
}
