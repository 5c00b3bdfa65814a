using ServerlessScale.Local.Scaling;

namespace ServerlessScale.Local.Lab.State;

/// <summary>Observes a cloud: counts its traffic, and records the changes of its instances and its scaling decisions as events.</summary>
internal sealed class CloudObserver
{
    public CloudTraffic Traffic { get; } = new(TimeProvider.System);

    public LabEvents Events { get; } = new(TimeProvider.System);

    public void Count(InstanceChange change) => Events.Add("instance", change.Text, change.App, change.Instance);

    /// <summary>Records a scaling decision that changes the number of instances.</summary>
    public void Count(ScaleSample sample)
    {
        if (sample.Wanted != sample.Instances)
        {
            Events.Add(
                "scale",
                $"{sample.App}: from {sample.Instances} to {sample.Wanted} instances for {sample.Requests} requests and {sample.Messages} messages.",
                sample.App);
        }
    }
}
