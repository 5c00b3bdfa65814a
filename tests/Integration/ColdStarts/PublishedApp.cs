using ServerlessScale.ColdStart.Measuring;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Lab.Starts;

namespace ServerlessScale.Tests.Integration.ColdStarts;

/// <summary>
/// The function app, published as for a deployment and started once. It runs without storage, because the first request does not use
/// storage.
/// </summary>
public sealed class PublishedApp : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("startup-budget-").FullName;

    internal Subject Subject { get; private set; } = null!;

    internal StartCounts Counts { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var repository = Repository.FindRoot();
        var directory = await new Publishing(repository, line => TestContext.Current.SendDiagnosticMessage(line)).PublishAsync(
            Path.Combine([repository, .. MeasuredApp.Shop.Project]), Variants.AsPublished, cancellationToken);
        Subject = new Subject
        {
            App = MeasuredApp.Shop.Name,
            Variant = Variants.AsPublished.Name,
            PackageBytes = 0,
            ZipBytes = 0,
            Directory = directory,
            FirstRequest = MeasuredApp.Shop.FirstRequest,
            Settings = WorkerSettings.ForStorage("UseDevelopmentStorage=true"),
        };
        Counts = (await StartMeasurement.MeasureAsync(Subject, _data, cancellationToken)).Counts;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_data, recursive: true);
        return ValueTask.CompletedTask;
    }
}
