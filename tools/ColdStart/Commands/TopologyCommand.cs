using System.CommandLine;
using ServerlessScale.ColdStart.Measuring;
using ServerlessScale.ColdStart.Reports;
using ServerlessScale.Local.Build;
using ServerlessScale.Measurement;
using Capabilities = ServerlessScale.Local.Topologies.Capabilities;

namespace ServerlessScale.ColdStart.Commands;

/// <summary>
/// The <c>topology</c> command. It compares the starts of one app that has all capabilities with the starts of separate apps, one per
/// capability.
/// </summary>
internal static class TopologyCommand
{
    public static Command Create()
    {
        var runs = LocalCommand.Runs();
        var command = new Command(
            "topology",
            "Compares the starts of one app for all capabilities with the starts of one app per capability. All apps run the same package.")
        {
            runs,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var repository = Repository.FindRoot();
            var microservices = Capabilities.Load(Path.Combine(repository, "infra", "capabilities.json"))
                .Topologies["microservices"].Select(app => app.Name);
            var plan = MeasurementPlan.Topologies(microservices, parsed.GetValue(runs));
            var run = await ProgressDisplay.ShowAsync(progress => new StartMeasurement(repository, progress).RunAsync(plan, cancellationToken));
            Terminal.Write(run);
            Terminal.WriteMemory(run);
        });
        return command;
    }
}
