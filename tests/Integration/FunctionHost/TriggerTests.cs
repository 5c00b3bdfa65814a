using System.Collections.Concurrent;
using System.Text.Json;
using Azure.Storage.Queues;
using ServerlessScale.FunctionHost;
using ServerlessScale.Local.Storage;

namespace ServerlessScale.Tests.Integration.FunctionHost;

/// <summary>Tests that queue and timer functions run as they do in Azure.</summary>
public sealed class TriggerTests(ProbeTriggers probe) : IClassFixture<ProbeTriggers>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sdk-messages", "plain text", "sdk")]
    [InlineData("text-messages", "plain text", "text")]
    [InlineData("text-messages", "{\"not\": \"parsed\"}", "text")]
    public async Task A_queue_message_reaches_its_function_unchanged(string queue, string message, string kind)
    {
        await SendAsync(queue, message);

        var seen = await SeeAsync(note => note.Kind == kind && note.Text == message);
        Assert.Equal(1, seen.DequeueCount);
    }

    [Fact]
    public async Task A_JSON_message_binds_to_the_parameter_type_of_the_function()
    {
        await SendAsync("json-messages", "{\"Text\":\"inside\"}");

        Assert.Equal("inside", (await SeeAsync(note => note.Kind == "json")).Text);
    }

    [Fact]
    public async Task A_message_moves_to_the_poison_queue_after_maxDequeueCount_failures()
    {
        await SendAsync("failing-messages", "doomed");

        await SeeAsync(note => note is { Kind: "poisoned", Text: "doomed" });
        Assert.Equal([1, 2, 3], Seen.Where(note => note.Kind == "failing").Select(note => note.DequeueCount).Order());
    }

    [Fact]
    public async Task A_message_is_retried_after_its_worker_dies()
    {
        await SendAsync("crashing-messages", "survivor");

        Assert.Equal(2, (await SeeAsync(note => note is { Kind: "crashing", Text: "survivor" })).DequeueCount);
    }

    [Fact]
    public async Task A_timer_function_runs_on_schedule() => Assert.Equal("False", (await SeeAsync(note => note.Kind == "timer")).Text);

    // Recorded from Azure's host 4.1037.
    [Fact]
    public async Task A_running_queue_function_is_cancelled_when_the_host_stops()
    {
        await using var own = new ProbeTriggers { FunctionTimeout = "00:01:00" };
        await own.InitializeAsync();
        var notes = new QueueClient(own.StorageConnectionString, "seen");
        await notes.CreateIfNotExistsAsync(cancellationToken: Ct);
        var queue = new QueueClient(own.StorageConnectionString, "waiting-messages");
        await queue.CreateIfNotExistsAsync(cancellationToken: Ct);
        await queue.SendMessageAsync("patient", Ct);
        await Eventually.TrueAsync(() => NotedAsync("waiting"), "the function runs");

        await own.StopHostAsync();

        Assert.True(await NotedAsync("cancelled"));

        async Task<bool> NotedAsync(string kind) => (await notes.ReceiveMessagesAsync(32, TimeSpan.FromSeconds(1), Ct)).Value
            .Any(message => JsonSerializer.Deserialize<Note>(message.MessageText, JsonSerializerOptions.Web)!.Kind == kind);
    }

    private static readonly ConcurrentBag<Note> Seen = [];

    private async Task SendAsync(string queue, string message)
    {
        var client = new QueueClient(probe.StorageConnectionString, queue);
        await client.CreateIfNotExistsAsync(cancellationToken: Ct);
        await client.SendMessageAsync(message, Ct);
    }

    private async Task<Note> SeeAsync(Func<Note, bool> wanted)
    {
        var client = new QueueClient(probe.StorageConnectionString, "seen");
        await client.CreateIfNotExistsAsync(cancellationToken: Ct);
        await Eventually.TrueAsync(
            async () =>
            {
                foreach (var message in (await client.ReceiveMessagesAsync(32, cancellationToken: Ct)).Value)
                {
                    Seen.Add(JsonSerializer.Deserialize<Note>(message.MessageText, JsonSerializerOptions.Web)!);
                    await client.DeleteMessageAsync(message.MessageId, message.PopReceipt, Ct);
                }

                return Seen.Any(wanted);
            },
            "the function records its input");
        return Seen.First(wanted);
    }

    private sealed record Note(string Kind, string Text, long DequeueCount);
}

/// <summary>Runs all functions in tests/ProbeFunctions on FunctionHost, with an Azurite instance that hosts their queues.</summary>
public sealed class ProbeTriggers : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("probe-triggers-").FullName;
    private AzuriteProcess _azurite = null!;
    private FunctionAppHost _host = null!;

    public string StorageConnectionString => _azurite.ConnectionString;

    /// <summary>The functionTimeout. The default is that of the host.json in tests/ProbeFunctions.</summary>
    public string FunctionTimeout { get; init; } = "00:00:04";

    public ValueTask StopHostAsync() => _host.DisposeAsync();

    public async ValueTask InitializeAsync()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        _azurite = await AzuriteProcess.StartAsync(new() { DataDirectory = Path.Combine(_data, "azurite") }, cancellationToken);
        _host = await FunctionAppHost.StartAsync(
            new()
            {
                AppDirectory = ProbeHost.AppDirectory,
                Settings = new Dictionary<string, string>
                {
                    ["AzureWebJobsStorage"] = StorageConnectionString,
                    ["AzureFunctionsJobHost__functionTimeout"] = FunctionTimeout,
                },
                DataDirectory = _data,
            },
            cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _azurite.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }
}
