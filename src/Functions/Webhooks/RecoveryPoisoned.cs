using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Webhooks.Dispatch;

namespace ServerlessScale.Functions.Webhooks;

/// <summary>Puts back recoveries that the queue has given up on.</summary>
public sealed partial class RecoveryPoisoned(RecoveryQueue queue, ILogger<RecoveryPoisoned> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    [Function(nameof(RecoveryPoisoned))]
    public async Task RunAsync(
        [QueueTrigger(RecoveryQueue.PoisonName)] string text, FunctionContext context, CancellationToken cancellationToken)
    {
        if (!RecoveryMessage.TryParse(text, out var message, out _))
        {
            LogNotARecovery(context.BindingContext.BindingData.GetValueOrDefault("Id"));
            return;
        }

        LogPutBack(message.EndpointId, Pause.TotalMinutes);
        await queue.SendAsync(message, Pause, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {MessageId} is not a recovery and is dropped")]
    private partial void LogNotARecovery(object? messageId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The recovery of {EndpointId} failed repeatedly and is put back for {Minutes} minutes")]
    private partial void LogPutBack(string endpointId, double minutes);
}
