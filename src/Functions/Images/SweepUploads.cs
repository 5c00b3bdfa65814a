using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Functions.Images;

/// <summary>Every hour: removes uploads that nobody completed, and queues jobs anew whose message was lost.</summary>
public sealed class SweepUploads(ImageSweep sweep)
{
    [Function(nameof(SweepUploads))]
    public Task RunAsync([TimerTrigger("0 7 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        sweep.RunAsync(cancellationToken);
}
