using System.CommandLine;
using ServerlessScale.ColdStart.Measuring;
using ServerlessScale.ColdStart.Reports;
using ServerlessScale.Local.Build;
using Spectre.Console;
using Capabilities = ServerlessScale.Local.Topologies.Capabilities;

namespace ServerlessScale.ColdStart.Commands;

/// <summary>Compares one app for everything with an app for each capability.</summary>
internal static class TopologyCommand
{
    public static Command Create()
    {
        var runs = Runs.Option();
        var command = new Command("topology", "Compares one app for everything with an app for each capability, of the same package.") { runs };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var repository = Repository.FindRoot();
            var microservices = Capabilities.Load(Path.Combine(repository, "infra", "capabilities.json"))
                .Topologies["microservices"].Select(app => app.Name);
            var plan = MeasurementPlan.Topologies(microservices, parsed.GetValue(runs));
            var run = await ProgressBar.ShowAsync(progress => new Measurement(repository, progress).RunAsync(plan, cancellationToken));
            Terminal.Write(AnsiConsole.Console, run);
            Terminal.WriteMemory(AnsiConsole.Console, run);
        });
        return command;
    }
}
