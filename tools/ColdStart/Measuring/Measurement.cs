using ServerlessScale.FunctionHost;
using ServerlessScale.FunctionHost.Metadata;
using ServerlessScale.Local;
using ServerlessScale.Local.Storage;
using ServerlessScale.Local.Topologies;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>Publishes the apps and starts each many times, interleaved, so that whatever else the machine does falls on all alike.</summary>
/// <param name="repository">The working tree.</param>
/// <param name="progress">Is told how far it has come.</param>
internal sealed class Measurement(string repository, IMeasurementProgress progress)
{
    /// <param name="plan">What is started, and how often.</param>
    /// <param name="cancellationToken">Ends it; nothing that was started stays.</param>
    /// <exception cref="FunctionHostException">The app or the empty worker does not start as it is published.</exception>
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
            var (subjects, leftOut) = await PrepareAsync(plan, data.FullName, WorkerSettings.ForStorage(azurite.ConnectionString), cancellationToken);
            var samples = await MeasureAsync(plan, subjects, data.FullName, cancellationToken);
            return new RunFile
            {
                MeasuredAt = DateTimeOffset.UtcNow,
                Machine = Machine.This,
                PageCacheDropped = plan.DropPageCache,
                Subjects = subjects,
                Samples = samples,
                LeftOut = leftOut,
            };
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    /// <summary>Publishes each and starts it once: that start pays for cold file caches and for this process's own compilation.</summary>
    private async Task<(Subject[] Subjects, IReadOnlyList<string> LeftOut)> PrepareAsync(
        MeasurementPlan plan, string dataDirectory, Dictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var publishing = new Publishing(repository, progress.Say);
        var subjects = new List<Subject>();
        var leftOut = new List<string>();
        foreach (var (app, variant) in plan.Starts)
        {
            try
            {
                var subject = await PublishAsync(publishing, app, variant, settings, cancellationToken);
                progress.Say($"Trying {subject.Name}.");
                await WorkerStart.MeasureAsync(subject, dataDirectory, cancellationToken);
                subjects.Add(subject);
            }
            catch (Exception failure) when (variant != Variants.AsPublished && (failure is LocalCloudException or FunctionHostException or HttpRequestException))
            {
                // One setting that this SDK or the worker does not bear says nothing about the others.
                leftOut.Add($"{app.Name}, {variant.Name}: {failure.Message}");
            }
        }

        return ([.. subjects], leftOut);
    }

    private async Task<Subject> PublishAsync(
        Publishing publishing, MeasuredApp app, Variant variant, Dictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var directory = await publishing.PublishAsync(Path.Combine([repository, .. app.Project]), variant, cancellationToken);
        var size = PackageSize.Of(directory);
        return new Subject
        {
            App = app.Name,
            Variant = variant.Name,
            PackageBytes = size.Bytes,
            ZipBytes = size.ZipBytes,
            Directory = directory,
            FirstRequest = app.FirstRequest,
            Settings = SettingsOf(variant, directory, settings),
        };
    }

    private Dictionary<string, string> SettingsOf(Variant variant, string directory, Dictionary<string, string> settings)
    {
        var all = new Dictionary<string, string>([.. settings, .. variant.AppSettings]);
        return variant.Microservice is null
            ? all
            : new(Capabilities.Load(Path.Combine(repository, "infra", "capabilities.json"))
                .Plan(Topology.Microservices, [.. FunctionsMetadata.Read(directory).Select(function => function.Name)])
                .Single(app => app.Name == variant.Microservice)
                .SettingsFrom(all));
    }

    private async Task<IReadOnlyList<Sample>> MeasureAsync(
        MeasurementPlan plan, Subject[] subjects, string dataDirectory, CancellationToken cancellationToken)
    {
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
