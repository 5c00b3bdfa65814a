using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.DependencyInjection;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>Builds the default service container, and marks on the timeline when building it starts and ends.</summary>
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
/// Marks the moment when the host asks the worker for its functions. The worker SDK runs metadata transformers at that moment;
/// this transformer changes nothing.
/// </summary>
internal sealed class FunctionsIndexedMark(StartupTimeline timeline) : IFunctionMetadataTransformer
{
    public string Name => nameof(FunctionsIndexedMark);

    public void Transform(IList<IFunctionMetadata> original) => timeline.FunctionsIndexed();
}

/// <summary>
/// Times the first call that any Azure client makes. The time includes connecting, TLS, the identity's token, JIT compilation and
/// retries.
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
