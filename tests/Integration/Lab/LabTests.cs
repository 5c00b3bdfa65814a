using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessScale.Local;

namespace ServerlessScale.Tests.Integration.Lab;

/// <summary>Tests the laboratory of a running cloud: who may use it, its state, and its cheaper experiments.</summary>
public sealed class LabTests(LabCloud lab) : IClassFixture<LabCloud>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("_local/state")]
    [InlineData("_local/events")]
    [InlineData("_local/experiments")]
    [InlineData("_local/no/such/resource")]
    public async Task Without_the_token_every_resource_gets_401(string path)
    {
        using var client = lab.Client(token: null);

        using var response = await client.GetAsync(path, Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Fact]
    public async Task A_page_of_another_origin_cannot_start_an_experiment()
    {
        using var client = lab.Client();
        client.DefaultRequestHeaders.Add("Origin", "http://evil.example");

        using var response = await client.PostAsync("_local/experiments/sharding/runs", content: null, Ct);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Only_a_page_of_the_same_origin_gets_the_token()
    {
        using var client = lab.Client(token: null);
        using var script = await client.GetAsync("_local/session", Ct);
        client.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        var session = await client.GetFromJsonAsync<JsonNode>("_local/session", Ct);

        Assert.Equal(HttpStatusCode.Forbidden, script.StatusCode);
        Assert.Equal(lab.Cloud.LabToken, (string?)session!["token"]);
    }

    [Fact]
    public async Task The_state_shows_the_instances_and_what_they_have_served()
    {
        using var shop = lab.Cloud.CreateClient(lab.Cloud.Token());
        using var read = await shop.GetAsync("api/orders?month=2026-01", Ct);
        using var client = lab.Client();

        var system = (await client.GetFromJsonAsync<JsonNode>("_local/state", Ct))!["system"]!;

        Assert.Equal("monolith", (string?)system["topology"]);
        Assert.Equal("leastConnections", (string?)system["edge"]!["policy"]);
        var instance = system["apps"]![0]!["instances"]![0]!;
        Assert.Equal(lab.Cloud.WorkerProcessId, (int?)instance["processId"]);
        Assert.Equal(("running", true, true), ((string?)instance["state"], (bool)instance["healthy"]!, (bool)instance["warm"]!));
        Assert.True((long)instance["served"]! > 0);
        Assert.Contains("image-jobs", system["apps"]![0]!["queues"]!.AsArray().Select(queue => (string?)queue!["name"]));
    }

    [Fact]
    public async Task The_event_stream_sends_the_state_and_the_progress_of_a_run()
    {
        using var client = lab.Client();
        using var response = await client.GetAsync("_local/events", HttpCompletionOption.ResponseHeadersRead, Ct);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        await ReadUntilAsync(reader, "event: state");

        await RunAsync(client, "sharding");

        await ReadUntilAsync(reader, "event: run");
        await ReadUntilAsync(reader, "\"status\":\"shown\"");
    }

    [Theory]
    [InlineData("statelessness")]
    [InlineData("sharding")]
    [InlineData("edge-logic")]
    public async Task An_experiment_shows_its_effect_and_undoes_its_changes(string name)
    {
        using var client = lab.Client();
        var before = lab.Cloud.Instances.Count;

        var run = await RunAsync(client, name);

        Assert.Equal("shown", (string?)run["status"]);
        Assert.NotEmpty(run["rows"]!.AsArray());
        Assert.Empty(run["notUndone"]!.AsArray());
        Assert.Equal(before, lab.Cloud.Instances.Count);
    }

    [Fact]
    public async Task Cancelling_an_experiment_restores_policy_weights_and_instances()
    {
        using var client = lab.Client();
        using var started = await client.PostAsJsonAsync("_local/experiments/balancing/runs", new { options = new { seconds = "30" } }, Ct);
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        await Eventually.TrueAsync(
            async () => (string?)(await StateAsync(client))["edge"]!["policy"] == "roundRobin" && lab.Cloud.Instances.Count == 4,
            "the experiment switches the policy");
        using var second = await client.PostAsync("_local/experiments/sharding/runs", content: null, Ct);
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);

        using var cancelled = await client.DeleteAsync(started.Headers.Location, Ct);
        var run = await EndAsync(client, started.Headers.Location!);

        Assert.Equal("cancelled", (string?)run["status"]);
        var system = await StateAsync(client);
        Assert.Equal("leastConnections", (string?)system["edge"]!["policy"]);
        var instance = Assert.Single(system["apps"]![0]!["instances"]!.AsArray());
        Assert.Equal(50, (int)instance!["weight"]!);
    }

    [Theory]
    [InlineData("""{"options":{"km":"many"}}""", 422, "/options/km")]
    [InlineData("""{"options":{"speed":"1"}}""", 422, "/options/speed")]
    [InlineData("""{"options":{"km":1}}""", 400, "/options/km")]
    [InlineData("""{"wrong":1}""", 400, "/wrong")]
    [InlineData("[", 400, "")]
    public async Task An_invalid_body_gets_a_problem_with_a_pointer(string body, int status, string pointer)
    {
        using var client = lab.Client();

        using var response = await client.PostAsync("_local/experiments/cdn/runs", new StringContent(body, new MediaTypeHeaderValue("application/json")), Ct);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(pointer, (string?)(await response.Content.ReadFromJsonAsync<JsonNode>(Ct))!["pointer"]);
    }

    [Fact]
    public async Task The_lab_command_prints_a_table_and_exits_with_0()
    {
        var (exitCode, output, _) = await Local.RunningCommand.CompleteAsync(["lab", "sharding", "--no-build"], Ct);

        Assert.Equal(0, exitCode);
        Assert.Contains("| customer+month ", output, StringComparison.Ordinal);
        Assert.Contains("The expected effect showed.", output, StringComparison.Ordinal);
    }

    private static async Task<JsonNode> StateAsync(HttpClient client) => (await client.GetFromJsonAsync<JsonNode>("_local/state", Ct))!["system"]!;

    private static async Task<JsonNode> RunAsync(HttpClient client, string name)
    {
        using var started = await client.PostAsync($"_local/experiments/{name}/runs", content: null, Ct);
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        return await EndAsync(client, started.Headers.Location!);
    }

    private static async Task<JsonNode> EndAsync(HttpClient client, Uri run)
    {
        while (true)
        {
            var state = (await client.GetFromJsonAsync<JsonNode>(run, Ct))!;
            if (state["endedAt"] is not null)
            {
                return state;
            }

            await Task.Delay(100, Ct);
        }
    }

    private static async Task ReadUntilAsync(StreamReader reader, string text)
    {
        while (await reader.ReadLineAsync(Ct) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"The stream ended before \"{text}\".");
    }
}

/// <summary>A cloud with a laboratory. The tests of a class run one after another, because only one experiment can run at a time.</summary>
public sealed class LabCloud : IAsyncLifetime
{
    public LocalCloud Cloud { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cloud = await LocalCloud.StartAsync(new() { Lab = true, Instances = 1 }, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Cloud.DisposeAsync();

    /// <summary>Creates a client that does not compare the responses with the API description, which does not contain the laboratory.</summary>
    /// <param name="token">The token; an empty text for the token of the laboratory, null for none.</param>
    public HttpClient Client(string? token = "")
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Cloud.BaseAddress };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", token.Length == 0 ? Cloud.LabToken : token);
        }

        return client;
    }
}
