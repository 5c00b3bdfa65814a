using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.DependencyInjection;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>Builds the default service container, and marks the start and the end of the build on the timeline.</summary>
/// <param name="timeline">The timeline to mark.</param>
/// <param name="development">Whether to validate every registration, as the default host does in development.</param>
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

/// <summary>
/// Marks the moment when the host requests the list of functions from the worker. The worker SDK runs metadata transformers at that
/// moment. This transformer does not change the metadata.
/// </summary>
internal sealed class FunctionsIndexedMark(StartupTimeline timeline) : IFunctionMetadataTransformer
{
    public string Name => nameof(FunctionsIndexedMark);

    public void Transform(IList<IFunctionMetadata> original) => timeline.FunctionsIndexed();
}

/// <summary>
/// Measures the duration of the first call that any Azure client makes. The duration includes connecting, the TLS handshake, acquiring the
/// managed identity's token, JIT compilation, and any retries.
/// </summary>
internal sealed class FirstDependencyCallPolicy(StartupTimeline timeline) : HttpPipelinePolicy
{
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        if (!timeline.TryBeginDependencyCall())
        {
            await ProcessNextAsync(message, pipeline);
            return;
        }

        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        finally
        {
            timeline.DependencyCallEnded();
        }
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var first = timeline.TryBeginDependencyCall();
        try
        {
            ProcessNext(message, pipeline);
        }
        finally
        {
            if (first)
            {
                timeline.DependencyCallEnded();
            }
        }
    }
}
