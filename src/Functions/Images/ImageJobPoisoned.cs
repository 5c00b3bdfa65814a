using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Functions.Images;

/// <summary>Ends what the queue has given up on, so that no image stays unfinished without a word.</summary>
public sealed partial class ImageJobPoisoned(ImageJob job, ILogger<ImageJobPoisoned> logger)
{
    private const int MostLogged = 256;

    [Function(nameof(ImageJobPoisoned))]
    public async Task RunAsync(
        [QueueTrigger(ImageJobQueue.PoisonName)] string text, FunctionContext context, CancellationToken cancellationToken)
    {
        if (ImageJobMessage.TryParse(text, out var id, out _))
        {
            await job.GiveUpAsync(id, cancellationToken);
            return;
        }

        var messageId = context.BindingContext.BindingData.GetValueOrDefault("Id");
        LogNotAJob(messageId, text.Length <= MostLogged ? text : text[..MostLogged]);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {MessageId} is not an image job and is dropped; it begins: {Text}")]
    private partial void LogNotAJob(object? messageId, string text);
}
