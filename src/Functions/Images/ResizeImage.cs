using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Functions.Images;

/// <summary>Makes the variants of one image.</summary>
public sealed class ResizeImage(ImageJob job)
{
    /// <exception cref="FormatException">The message is not a job; the host ends it in the poison queue.</exception>
    [Function(nameof(ResizeImage))]
    public Task RunAsync([QueueTrigger(ImageJobQueue.Name)] string text, CancellationToken cancellationToken) =>
        ImageJobMessage.TryParse(text, out var id, out var message)
            ? job.RunAsync(id, message, cancellationToken)
            : throw new FormatException("The message is not an image job.");
}
