using ServerlessScale.Local.Storage;

namespace ServerlessScale.ColdStart;

/// <summary>Publishes the apps and starts each many times, interleaved, so that whatever else the machine does falls on all alike.</summary>
/// <param name="repository">The working tree.</param>
/// <param name="progress">Gets lines for people to read.</param>
internal sealed class Measurement(string repository, Action<string> progress)
{
    public async Task<IReadOnlyList<Sample>> RunAsync(int runs, CancellationToken cancellationToken)
    {
        var subjects = await PublishAsync(cancellationToken);
        var data = Directory.CreateTempSubdirectory("cold-start-");
        try
        {
            await using var azurite = await AzuriteProcess.StartAsync(
                new AzuriteOptions { DataDirectory = Path.Combine(data.FullName, "azurite"), Progress = progress }, cancellationToken);
            return await MeasureAsync(subjects, data.FullName, ProductionSettings.With(azurite.ConnectionString), runs, cancellationToken);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private async Task<Subject[]> PublishAsync(CancellationToken cancellationToken)
    {
        var publishing = new Publishing(repository);
        var subjects = new List<Subject>();
        foreach (var (app, project, firstRequest) in ((string, string, string)[])[
            ("app", Path.Combine(repository, "src", "Functions"), "api/health/live"),
            ("hello", Path.Combine(repository, "tools", "ColdStart", "HelloWorker"), "api/hello")])
        {
            foreach (var readyToRun in (bool[])[false, true])
            {
                progress($"Publishing {project} {(readyToRun ? "with" : "without")} ReadyToRun.");
                subjects.Add(new Subject
                {
                    App = app,
                    ReadyToRun = readyToRun,
                    Directory = await publishing.PublishAsync(project, readyToRun, cancellationToken),
                    FirstRequest = firstRequest,
                });
            }
        }

        return [.. subjects];
    }

    private async Task<IReadOnlyList<Sample>> MeasureAsync(
        Subject[] subjects, string dataDirectory, Dictionary<string, string> settings, int runs, CancellationToken cancellationToken)
    {
        // The first start of all pays for cold file caches and for this process's own compilation.
        foreach (var subject in subjects)
        {
            await WorkerStart.MeasureAsync(subject, dataDirectory, settings, cancellationToken);
        }

        var samples = new List<Sample>();
        for (var round = 1; round <= runs; round++)
        {
            progress($"Round {round} of {runs}.");
            Random.Shared.Shuffle(subjects);
            foreach (var subject in subjects)
            {
                var times = await WorkerStart.MeasureAsync(subject, dataDirectory, settings, cancellationToken);
                samples.Add(new Sample(round, subject, times));
            }
        }

        return samples;
    }
}
