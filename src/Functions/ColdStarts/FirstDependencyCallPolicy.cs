using Azure.Core;
using Azure.Core.Pipeline;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>Times the first call that any Azure client makes, with its retries: connecting, TLS, the identity's token, JIT.</summary>
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
            timeline.DependencyAnswered();
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
                timeline.DependencyAnswered();
            }
        }
    }
}
