using ServerlessScale.Local;

namespace ServerlessScale.Tests.Reliability.Images;

/// <summary>Stops the complete cloud while jobs are queued, and starts it again with the same data.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("restart-test-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Queued_images_become_ready_after_a_restart()
    {
        string[] ids;
        await using (var first = await StartAsync(("AzureWebJobs.ResizeImage.Disabled", "true")))
        {
            using var client = first.CreateClient(first.Token());
            var uploader = new Uploader(client);
            ids = await Task.WhenAll(Enumerable.Range(1, 3).Select(number =>
                uploader.UploadAsync(Photograph.Make(300 * number, new Random(number)), TimeSpan.Zero, Ct)));
        }

        await using var second = await StartAsync();
        using var anonymous = second.CreateClient();
        var ends = await Task.WhenAll(ids.Select(id => new Uploader(anonymous).FinalStatusAsync(id, Ct)));

        Assert.All(ends, end => Assert.Equal("ready", end.GetProperty("status").GetString()));
    }

    private Task<LocalCloud> StartAsync(params (string Name, string Value)[] settings) => LocalCloud.StartAsync(
        new LocalCloudOptions { DataDirectory = _data, Settings = settings.ToDictionary(setting => setting.Name, setting => setting.Value) }, Ct);
}
