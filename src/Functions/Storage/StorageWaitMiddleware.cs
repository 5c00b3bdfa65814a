using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Functions.Storage;

/// <summary>
/// Gives each HTTP request a <see cref="StorageWait"/>. Functions with other triggers have no limit, because nobody waits for their
/// response, and the host repeats them after an exception.
/// </summary>
internal sealed class StorageWaitMiddleware(IOptions<StorageCallOptions> options, TimeProvider time) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is null)
        {
            await next(context);
            return;
        }

        using var wait = StorageWait.Begin(options.Value.RequestLimit, time);
        await next(context);
    }
}

/// <summary>Limits each attempt of a storage call to the remaining time of the request.</summary>
internal sealed class StorageWaitPolicy(TimeSpan attemptTimeout) : HttpPipelinePolicy
{
    public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        StorageWait.Current is { } wait
            ? new ValueTask(wait.AttemptAsync(remaining =>
            {
                message.NetworkTimeout = remaining < attemptTimeout ? remaining : attemptTimeout;
                return ProcessNextAsync(message, pipeline).AsTask();
            }))
            : ProcessNextAsync(message, pipeline);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => ProcessNext(message, pipeline);
}
