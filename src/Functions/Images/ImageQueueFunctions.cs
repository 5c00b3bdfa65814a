using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Messaging;
using ServerlessScale.Shared.Images.Processing;

namespace ServerlessScale.Functions.Images;

/// <summary>The queue-triggered functions for image jobs and upgrades, and the timer-triggered function for the sweep.</summary>
/// <remarks>
/// <see cref="ImageJob"/> and <see cref="ImageUpgrade"/> are constructed on their first use. They load the image engine, which the sweep does
/// not need.
/// </remarks>
public sealed class ImageQueueFunctions(
    Lazy<ImageJob> job, Lazy<ImageUpgrade> upgrade, ImageSweep sweep, PoisonedMessages poisoned)
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

    /// <summary>Adds the variants to a ready image that take long to encode.</summary>
    /// <exception cref="FormatException">The message is not an image upgrade. The host moves it to the poison queue.</exception>
    [Function("UpgradeImage")]
    public Task UpgradeAsync([QueueTrigger(ImageUpgradeQueue.Name)] string text, CancellationToken cancellationToken) =>
        ImageUpgradeMessage.TryParse(text, out var id, out var message)
            ? upgrade.Value.RunAsync(id, message, cancellationToken)
            : throw new FormatException("The message is not an image upgrade.");

    /// <summary>
    /// Drops an upgrade after every attempt has failed. The image remains ready with the variants that it has, so a later attempt would
    /// only cost time.
    /// </summary>
    [Function("ImageUpgradePoisoned")]
    public Task GiveUpgradeUpAsync([QueueTrigger(ImageUpgradeQueue.PoisonName)] string text, FunctionContext context) =>
        ImageUpgradeMessage.TryParse(text, out var id, out _)
            ? upgrade.Value.GiveUpAsync(id)
            : poisoned.DropAsync("image upgrade", text, context);

    /// <summary>Removes uploads that were never completed, and queues lost jobs again. Runs once per hour.</summary>
    [Function("SweepUploads")]
    public Task SweepAsync([TimerTrigger("0 7 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        sweep.RunAsync(cancellationToken);
}
