using ServerlessScale.Local.Storage;
using ServerlessScale.Local.Topologies;

namespace ServerlessScale.ColdStart;

/// <summary>Starts the app as a monolith and as each of the microservices many times, interleaved.</summary>
/// <param name="repository">The working tree.</param>
/// <param name="progress">Gets lines for people to read.</param>
internal sealed class TopologyMeasurement(string repository, Action<string> progress)
{
    /// <summary>Health is in every app, and depends on nothing.</summary>
    private const string FirstRequest = "api/health/live";

    public async Task<TopologyResult> RunAsync(int runs, CancellationToken cancellationToken)
    {
        progress("Publishing the app with ReadyToRun.");
        var package = await new Publishing(repository).PublishAsync(Path.Combine(repository, "src", "Functions"), readyToRun: true, cancellationToken);
        var data = Directory.CreateTempSubdirectory("topology-");
        try
        {
            await using var azurite = await AzuriteProcess.StartAsync(
                new AzuriteOptions { DataDirectory = Path.Combine(data.FullName, "azurite"), Progress = progress }, cancellationToken);
            return new(
                await PackageSize.OfAsync(package, cancellationToken),
                await MeasureAsync(package, data.FullName, ProductionSettings.With(azurite.ConnectionString), runs, cancellationToken));
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private async Task<IReadOnlyList<AppStarts>> MeasureAsync(
        string package, string dataDirectory, Dictionary<string, string> settings, int runs, CancellationToken cancellationToken)
    {
        var functions = FunctionNames.Read(package);
        var capabilities = Capabilities.Load(Path.Combine(repository, "infra", "capabilities.json"));
        var apps = Enum.GetValues<Topology>()
            .SelectMany(topology => capabilities.Plan(topology, functions), (topology, plan) => (
                Plan: plan,
                Result: new AppStarts(
                    topology == Topology.Monolith ? "monolith" : $"microservice {plan.Name}", functions.Count - plan.Disabled.Count, [])))
            .ToArray();
        var inTurn = apps.ToArray();
        for (var round = 0; round <= runs; round++)
        {
            progress(round == 0 ? "Warming up: the first starts pay for cold file caches." : $"Round {round} of {runs}.");
            Random.Shared.Shuffle(inTurn);
            foreach (var (plan, result) in inTurn)
            {
                var subject = new Subject { App = result.Name, ReadyToRun = true, Directory = package, FirstRequest = FirstRequest };
                var times = await WorkerStart.MeasureAsync(subject, dataDirectory, plan.SettingsFrom(settings), cancellationToken);
                if (round > 0)
                {
                    result.Starts.Add(times);
                }
            }
        }

        return [.. apps.Select(app => app.Result)];
    }
}
