using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Images.Processing;

namespace ServerlessScale.Functions.Images;

/// <summary>The image jobs, and the hourly sweep after them.</summary>
public sealed partial class ImageQueueFunctions(ImageSweep sweep, IServiceProvider services, ILogger<ImageQueueFunctions> logger)
{
    private const int MaxLoggedCharacters = 256;

    /// <summary>Resolved on demand and not in the constructor, because it brings the image engine, which the sweep does not need.</summary>
    private ImageJob Job => services.GetRequiredService<ImageJob>();

    /// <summary>Makes the variants of one image.</summary>
    /// <exception cref="FormatException">The message is not an image job. The host moves it to the poison queue.</exception>
    [Function("ResizeImage")]
    public Task ResizeAsync([QueueTrigger(ImageJobQueue.Name)] string text, CancellationToken cancellationToken) =>
        ImageJobMessage.TryParse(text, out var id, out var message)
            ? Job.RunAsync(id, message, cancellationToken)
            : throw new FormatException("The message is not an image job.");

    /// <summary>Marks an image as failed after the host has given up its job. A message that is not a job is logged and dropped.</summary>
    [Function("ImageJobPoisoned")]
    public async Task GiveUpAsync(
        [QueueTrigger(ImageJobQueue.PoisonName)] string text, FunctionContext context, CancellationToken cancellationToken)
    {
        if (ImageJobMessage.TryParse(text, out var id, out _))
        {
            await Job.GiveUpAsync(id, cancellationToken);
            return;
        }

        var messageId = context.BindingContext.BindingData.GetValueOrDefault("Id");
        LogNotAJob(messageId, text.Length <= MaxLoggedCharacters ? text : text[..MaxLoggedCharacters]);
    }

    /// <summary>Removes uploads that were never completed, and queues lost jobs again. Runs every hour.</summary>
    [Function("SweepUploads")]
    public Task SweepAsync([TimerTrigger("0 7 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        sweep.RunAsync(cancellationToken);

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {MessageId} is not an image job and is dropped; it begins: {Text}")]
    private partial void LogNotAJob(object? messageId, string text);
}
