using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessScale.Local;
using ServerlessScale.Local.Build;

namespace ServerlessScale.Bench.EdgeCache;

/// <summary>Two waves at one cloud: the first finds the cache empty, the second what the first has left.</summary>
internal static class Waves
{
    private const string Function = "GetVariant";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    public static async Task<Wave[]> MeasureAsync(string name, bool edge, bool cached, int clients)
    {
        var root = Repository.FindRoot();
        var rules = Path.Combine(root, "infra", "edge-rules.json");
        using var own = new TemporaryRules(rules);
        await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions
        {
            AppDirectory = await FunctionAppBuild.BuildAsync(root, CancellationToken.None),
            Edge = edge,
            EdgeRulesPath = cached ? rules : own.WithoutCache(),
            Progress = Console.Error.WriteLine,
        });
        using var client = cloud.CreateClient(cloud.Token());
        using var anyone = cloud.CreateClient();
        var variant = await UploadAsync(client, await File.ReadAllBytesAsync(Path.Combine(root, "docs", "sample.jpg")));
        return
        [
            await RunAsync($"{name}: first wave", client, anyone, variant, clients),
            await RunAsync($"{name}: second wave", client, anyone, variant, clients),
        ];
    }

    private static async Task<Wave> RunAsync(string name, HttpClient client, HttpClient anyone, string variant, int clients)
    {
        var before = await InvocationsAsync(client);
        var started = Stopwatch.GetTimestamp();
        var answers = await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            using var answer = await anyone.GetAsync(variant);
            var body = await answer.Content.ReadAsByteArrayAsync();
            return (IsWhole: answer.StatusCode == HttpStatusCode.OK && body.Length > 0, Milliseconds: Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }));
        return new()
        {
            Name = name,
            Answered = answers.Count(answer => answer.IsWhole),
            AppRequests = await InvocationsAsync(client) - before,
            Times = [.. answers.Select(answer => answer.Milliseconds).Order()],
        };
    }

    /// <summary>The app writes its record in batches, so the number is taken when it has stopped growing.</summary>
    private static async Task<long> InvocationsAsync(HttpClient client)
    {
        var stable = 0;
        for (var last = -1L; ;)
        {
            var report = await client.GetFromJsonAsync<JsonElement>("api/cold-starts");
            var now = report.GetProperty("functions").EnumerateArray()
                .Where(function => function.GetProperty("name").GetString() == Function)
                .Select(function => function.GetProperty("count").GetInt64())
                .SingleOrDefault();
            stable = now == last ? stable + 1 : 0;
            if (stable == 10)
            {
                return now;
            }

            last = now;
            await Task.Delay(Look);
        }
    }

    private static async Task<string> UploadAsync(HttpClient client, byte[] photograph)
    {
        using var body = new ByteArrayContent(photograph);
        body.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        using var accepted = await client.PostAsync("api/images", body);
        accepted.EnsureSuccessStatusCode();
        var id = (await accepted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        while (true)
        {
            var image = await client.GetFromJsonAsync<JsonElement>($"api/images/{id}");
            if (image.GetProperty("status").GetString() == "ready")
            {
                return image.GetProperty("variants")[0].GetProperty("url").GetString()!;
            }

            await Task.Delay(Look);
        }
    }

    /// <summary>The rules of the repository with nothing cached.</summary>
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
