using Microsoft.Extensions.DependencyInjection;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>Builds the container as ever, and tells the timeline when.</summary>
/// <param name="timeline">Is told.</param>
/// <param name="development">Checks every registration, as the host does by default in development.</param>
internal sealed class TimedServiceProviderFactory(StartupTimeline timeline, bool development) : IServiceProviderFactory<IServiceCollection>
{
    private readonly DefaultServiceProviderFactory _inner = new(
        new ServiceProviderOptions { ValidateScopes = development, ValidateOnBuild = development });

    public IServiceCollection CreateBuilder(IServiceCollection services) => _inner.CreateBuilder(services);

    public IServiceProvider CreateServiceProvider(IServiceCollection containerBuilder)
    {
        timeline.Configured();
        var services = _inner.CreateServiceProvider(containerBuilder);
        timeline.ContainerBuilt();
        return services;
    }
}
