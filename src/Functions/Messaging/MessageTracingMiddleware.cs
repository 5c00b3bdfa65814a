using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Functions.Messaging;

/// <summary>
/// Runs every queue-triggered function in a span of the trace that its message belongs to (<see cref="MessageTracing"/>). Does nothing for
/// other triggers, or if no spans are recorded.
/// </summary>
internal sealed class MessageTracingMiddleware : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next) =>
        MessageTracing.IsEnabled && QueueOf(context.FunctionDefinition) is { } queue ? ProcessAsync(queue, context, next) : next(context);

    private static async Task ProcessAsync(string queue, FunctionContext context, FunctionExecutionDelegate next)
    {
        // The queue trigger passes the text and the id of the message to every function, in addition to the function's own parameter.
        var data = context.BindingContext.BindingData;
        using var span = MessageTracing.StartProcess(
            queue, data.GetValueOrDefault("QueueTrigger") as string ?? "", data.GetValueOrDefault("Id") as string);

        // The span belongs to another trace than the invocation's span, which has these attributes too.
        span?.SetTag("faas.trigger", "pubsub")
            .SetTag("faas.name", context.FunctionDefinition.Name)
            .SetTag("faas.invocation_id", context.InvocationId);
        try
        {
            await next(context);
        }
        catch (Exception failure)
        {
            MessageTracing.Fail(span, failure);
            throw;
        }
    }

    private static string? QueueOf(FunctionDefinition function) => function.Parameters
        .SelectMany(parameter => parameter.Properties.Values)
        .OfType<QueueTriggerAttribute>()
        .FirstOrDefault()?.QueueName;
}
