using System.Text.Json;
using ServerlessScale.Local.Storage;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>Publishes the apps and starts each many times, interleaved, so that whatever else the machine does falls on all alike.</summary>
/// <param name="repository">The working tree.</param>
/// <param name="progress">Is told how far it has come.</param>
internal sealed class Measurement(string repository, IMeasurementProgress progress)
{
    /// <param name="plan">What is started, and how often.</param>
    /// <param name="cancellationToken">Ends it; nothing that was started stays.</param>
    public async Task<RunFile> RunAsync(MeasurementPlan plan, CancellationToken cancellationToken)
    {
        if (plan.DropPageCache)
        {
            PageCache.DemandSupport();
        }

        var data = Directory.CreateTempSubdirectory("cold-start-");
        try
        {
            await using var azurite = await AzuriteProcess.StartAsync(
                new AzuriteOptions { DataDirectory = Path.Combine(data.FullName, "azurite"), Progress = progress.Say }, cancellationToken);
            var subjects = await PublishAsync(plan, WorkerSettings.ForStorage(azurite.ConnectionString), cancellationToken);
            var samples = await MeasureAsync(plan, subjects, data.FullName, cancellationToken);
            return new RunFile
            {
                MeasuredAt = DateTimeOffset.UtcNow,
                Machine = Machine.This,
                PageCacheDropped = plan.DropPageCache,
                Subjects = subjects,
                Samples = samples,
            };
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private async Task<Subject[]> PublishAsync(
        MeasurementPlan plan, Dictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var publishing = new Publishing(repository, progress.Say);
        var subjects = new List<Subject>();
        foreach (var (app, variant) in plan.Starts)
        {
            var directory = await publishing.PublishAsync(Path.Combine([repository, .. app.Project]), variant, cancellationToken);
            var size = PackageSize.Of(directory);
            subjects.Add(new Subject
            {
                App = app.Name,
                Variant = variant.Name,
                PackageBytes = size.Bytes,
                ZipBytes = size.ZipBytes,
                Directory = directory,
                FirstRequest = app.FirstRequest,
                Settings = new Dictionary<string, string>(
                [
                    .. settings, .. variant.AppSettings, .. DisabledFunctions(directory, variant.EntryPoints),
                ]),
            });
        }

        return [.. subjects];
    }

    /// <summary>Azure's switch for functions that an app has but must not run.</summary>
    private static IEnumerable<KeyValuePair<string, string>> DisabledFunctions(string directory, IReadOnlyList<string> entryPoints)
    {
        if (entryPoints.Count == 0)
        {
            return [];
        }

        using var metadata = JsonDocument.Parse(File.ReadAllText(Path.Combine(directory, "functions.metadata")));
        return
        [
            .. metadata.RootElement.EnumerateArray()
                .Where(function => !entryPoints.Any(start =>
                    function.GetProperty("entryPoint").GetString()!.StartsWith(start, StringComparison.Ordinal)))
                .Select(function => KeyValuePair.Create($"AzureWebJobs.{function.GetProperty("name").GetString()}.Disabled", "true")),
        ];
    }

    private async Task<IReadOnlyList<Sample>> MeasureAsync(
        MeasurementPlan plan, Subject[] subjects, string dataDirectory, CancellationToken cancellationToken)
    {
        // The first start of all pays for cold file caches and for this process's own compilation.
        foreach (var subject in subjects)
        {
            progress.Say($"Trying {subject.Name}.");
            await WorkerStart.MeasureAsync(subject, dataDirectory, cancellationToken);
        }

        var order = subjects.ToArray();
        var samples = new List<Sample>();
        progress.Begin(plan.Runs * subjects.Length);
        for (var round = 1; round <= plan.Runs; round++)
        {
            Random.Shared.Shuffle(order);
            foreach (var subject in order)
            {
                if (plan.DropPageCache)
                {
                    PageCache.Forget(subject.Directory, SharedFramework.Directory);
                }

                var (times, counts) = await WorkerStart.MeasureAsync(subject, dataDirectory, cancellationToken);
                samples.Add(new Sample(round, subject.Name, times, counts));
                progress.Started(subject.Name, times.Total);
            }
        }

        return samples;
    }
}
