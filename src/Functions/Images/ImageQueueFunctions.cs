using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Messaging;
using ServerlessScale.Shared.Images.Processing;

namespace ServerlessScale.Functions.Images;

/// <summary>The queue-triggered functions for image jobs, and the timer-triggered function for the sweep.</summary>
/// <remarks>
/// <see cref="ImageJob"/> is constructed on its first use. It loads the image engine, which the sweep does not need.
/// </remarks>
public sealed class ImageQueueFunctions(Lazy<ImageJob> job, ImageSweep sweep, PoisonedMessages poisoned)
{
    /// <summary>Creates the variants of one image.</summary>
    /// <exception cref="FormatException">The message is not an image job. The host moves it to the poison queue.</exception>
    [Function("ResizeImage")]
    public Task ResizeAsync([QueueTrigger(ImageJobQueue.Name)] string text, CancellationToken cancellationToken) =>
        ImageJobMessage.TryParse(text, out var id, out var message)
            ? job.Value.RunAsync(id, message, cancellationToken)
            : throw new FormatException("The message is not an image job.");

    /// <summary>
    /// Marks an image as failed after every attempt of its job has failed. The message is not returned to the queue, so that the client
    /// gets a final status.
    /// </summary>
    [Function("ImageJobPoisoned")]
    public Task GiveUpAsync(
        [QueueTrigger(ImageJobQueue.PoisonName)] string text, FunctionContext context, CancellationToken cancellationToken) =>
        ImageJobMessage.TryParse(text, out var id, out _)
            ? job.Value.GiveUpAsync(id, cancellationToken)
            : poisoned.DropAsync("image job", text, context);

    /// <summary>Removes uploads that were never completed, and queues lost jobs again. Runs once per hour.</summary>
    [Function("SweepUploads")]
    public Task SweepAsync([TimerTrigger("0 7 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        sweep.RunAsync(cancellationToken);
}
