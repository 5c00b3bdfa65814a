using ServerlessScale.FunctionHost;
using ServerlessScale.FunctionHost.Metadata;
using ServerlessScale.Local;
using ServerlessScale.Local.Lab.Starts;
using ServerlessScale.Local.Storage;
using ServerlessScale.Local.Topologies;
using ServerlessScale.Measurement;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>
/// Publishes the apps and starts each app many times. Starts of different apps alternate, so that other load on the machine affects all
/// apps equally.
/// </summary>
/// <param name="repository">The root of the working tree.</param>
/// <param name="progress">Shows the progress of the measurement.</param>
internal sealed class StartMeasurement(string repository, IMeasurementProgress progress)
{
    /// <param name="plan">The apps to measure, and the number of starts.</param>
    /// <param name="cancellationToken">Stops the measurement and every process that it started.</param>
    /// <exception cref="FunctionHostException">The app or the empty worker cannot be started with its published settings.</exception>
    public async Task<RunFile> RunAsync(MeasurementPlan plan, CancellationToken cancellationToken)
    {
        if (plan.DropPageCache)
        {
            PageCache.RequireSupport();
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

    /// <summary>
    /// Publishes each app and starts it once without recording the result. The first start is slower, because file caches are cold and this
    /// process has not compiled its own code yet.
    /// </summary>
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
                progress.Say($"Starting {subject.Name} once without recording.");
                await MeasureAsync(subject, dataDirectory, cancellationToken);
                subjects.Add(subject);
            }
            catch (Exception failure) when (variant != Variants.AsPublished && (failure is CommandException or LocalCloudException or FunctionHostException or HttpRequestException))
            {
                // If this SDK or the worker does not support a setting, the other variants must still be measured.
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
                    PageCache.Drop(subject.Directory, SharedFramework.Directory);
                }

                var start = await MeasureAsync(subject, dataDirectory, cancellationToken);
                samples.Add(new Sample(round, subject.Name, start.Times, start.Counts));
                progress.Step($"{subject.Name}: {start.Times.Total:0} ms");
            }
        }

        return samples;
    }

    internal static Task<MeasuredStart> MeasureAsync(Subject subject, string dataDirectory, CancellationToken cancellationToken) =>
        WorkerStart.MeasureAsync(
            subject.Name, subject.Directory, subject.Settings, subject.FirstRequest, dataDirectory, warmRequests: 0, cancellationToken);
}
