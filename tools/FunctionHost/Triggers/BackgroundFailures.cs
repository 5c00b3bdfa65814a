using System.Runtime.ExceptionServices;
using Azure;
using Microsoft.Azure.WebJobs.Host.Timers;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.FunctionHost.Triggers;

/// <summary>
/// Receives the exceptions of the WebJobs SDK's background tasks, e.g. when a message cannot be copied to its poison queue because the disk
/// of the storage emulator is full. The SDK's own handler would end this process. This handler logs the failure, as Azure's host does.
/// </summary>
internal sealed partial class BackgroundFailures(ILogger logger, Action restartListeners) : IWebJobsExceptionHandler
{
    /// <summary>The method of the SDK that processes a single message. It fails alone and does not stop the polling of its queue.</summary>
    private const string SingleMessage = ".QueueListener.ProcessMessageAsync(";

    public Task OnTimeoutExceptionAsync(ExceptionDispatchInfo exceptionInfo, TimeSpan timeoutGracePeriod) =>
        OnUnhandledExceptionAsync(exceptionInfo);

    public Task OnUnhandledExceptionAsync(ExceptionDispatchInfo exceptionInfo)
    {
        var failure = exceptionInfo.SourceException;
        if (failure.StackTrace?.Contains(SingleMessage, StringComparison.Ordinal) == true)
        {
            LogMessageFailed(Describe(failure));
        }
        else
        {
            // The SDK does not continue a polling loop after an exception, so the listeners must be started again.
            LogListenerFailed(Describe(failure));
            restartListeners();
        }

        return Task.CompletedTask;
    }

    private static string Describe(Exception failure) => failure switch
    {
        RequestFailedException { Status: > 0 } refused => $"the storage service responded with {refused.Status} {refused.ErrorCode}".TrimEnd(),
        AggregateException { InnerExceptions: [.., var last] } => Describe(last),
        _ => failure.Message.ReplaceLineEndings(" ").TrimEnd('.'),
    };

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "A message could not be completed or moved to its poison queue: {Reason}. The message becomes visible in its queue again.")]
    private partial void LogMessageFailed(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A trigger stopped listening: {Reason}. The triggers are started again.")]
    private partial void LogListenerFailed(string reason);
}
