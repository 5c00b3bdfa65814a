using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessScale.Local;
using ServerlessScale.Local.Build;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.EdgeCache;

/// <summary>
/// Sends two waves of requests to one cloud. The cache is empty before the first wave. The second wave can be served from the response that
/// was stored during the first wave.
/// </summary>
internal sealed class WaveBench(int clients, FailedRequests failed, IMeasurementProgress progress)
{
    private const string Function = "GetVariant";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(2);

    public async Task<Wave[]> RunAsync(string name, bool edge, bool cached, CancellationToken cancellationToken)
    {
        var root = Repository.FindRoot();
        var rules = Path.Combine(root, "infra", "edge-rules.json");
        using var own = new TemporaryRules(rules);
        await using var cloud = await LocalCloud.StartAsync(
            new LocalCloudOptions
            {
                AppDirectory = await ReleaseApp.BuildAsync(progress.Say, cancellationToken),
                Edge = edge,
                EdgeRulesPath = cached ? rules : own.WithoutCache(),
                Progress = progress.Say,
            },
            cancellationToken);
        using var client = cloud.CreateClient(cloud.Token());
        var variant = await UploadAsync(client, await File.ReadAllBytesAsync(Path.Combine(root, "docs", "sample.jpg"), cancellationToken), cancellationToken);
        using var waves = new Waves(cloud, Function, clients, failed, progress);
        return
        [
            await waves.SendAsync($"{name}: first wave", variant, cancellationToken),
            await waves.SendAsync($"{name}: second wave", variant, cancellationToken),
        ];
    }

    /// <returns>The URL path of the uploaded image's first variant.</returns>
    /// <exception cref="CommandException">The image was not ready within two minutes.</exception>
    private async Task<string> UploadAsync(HttpClient client, byte[] photograph, CancellationToken cancellationToken)
    {
        using var accepted = await failed.SendUntilExpectedAsync(
            client,
            "POST api/images",
            () => new(HttpMethod.Post, "api/images")
            {
                Content = new ByteArrayContent(photograph) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } },
            },
            cancellationToken,
            HttpStatusCode.OK, HttpStatusCode.Accepted);
        var id = (await accepted.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("id").GetString();
        for (var limit = DateTimeOffset.UtcNow + ReadyLimit; DateTimeOffset.UtcNow < limit;)
        {
            var image = await ReadAsync(client, "GET api/images/{id}", $"api/images/{id}", cancellationToken);
            if (image.GetProperty("status").GetString() == "ready")
            {
                return image.GetProperty("variants")[0].GetProperty("url").GetString()!;
            }

            await Task.Delay(PollInterval, cancellationToken);
        }

        throw new CommandException($"The uploaded image was not ready within {ReadyLimit.TotalMinutes:0} minutes.");
    }

    private async Task<JsonElement> ReadAsync(HttpClient client, string name, string path, CancellationToken cancellationToken)
    {
        using var response = await failed.SendUntilExpectedAsync(client, name, () => new(HttpMethod.Get, path), cancellationToken, HttpStatusCode.OK);
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    /// <summary>A temporary copy of the repository's edge rules in which caching is disabled for every route.</summary>
    private sealed class TemporaryRules(string rules) : IDisposable
    {
        private readonly string _path = Path.GetTempFileName();

        public string WithoutCache()
        {
            var document = JsonNode.Parse(File.ReadAllText(rules))!;
            foreach (var route in document["routes"]!.AsArray())
            {
                route!.AsObject().Remove("cache");
            }

            File.WriteAllText(_path, document.ToJsonString());
            return _path;
        }

        public void Dispose() => File.Delete(_path);
    }
}
