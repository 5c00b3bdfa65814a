using System.Collections.Concurrent;
using System.Text.Json;
using Azure.Storage.Queues;

namespace ServerlessScale.Tests.Integration.Host;

/// <summary>Given a message in a queue, or a schedule, when its time has come, then the worker's function runs as it would in Azure.</summary>
public sealed class TriggerTests(ProbeCloud probe) : IClassFixture<ProbeCloud>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sdk-messages", "plain text", "sdk")]
    [InlineData("text-messages", "plain text", "text")]
    [InlineData("text-messages", "{\"not\": \"parsed\"}", "text")]
    public async Task A_message_reaches_its_function_as_it_was_sent(string queue, string message, string kind)
    {
        await SendAsync(queue, message);

        var seen = await SeeAsync(note => note.Kind == kind && note.Text == message);
        Assert.Equal(1, seen.DequeueCount);
    }

    [Fact]
    public async Task A_json_message_is_bound_to_the_functions_own_type()
    {
        await SendAsync("json-messages", "{\"Text\":\"inside\"}");

        Assert.Equal("inside", (await SeeAsync(note => note.Kind == "json")).Text);
    }

    [Fact]
    public async Task A_message_that_always_fails_is_tried_maxDequeueCount_times_and_then_goes_to_the_poison_queue()
    {
        await SendAsync("failing-messages", "doomed");

        await SeeAsync(note => note is { Kind: "poisoned", Text: "doomed" });
        Assert.Equal([1, 2, 3], Seen.Where(note => note.Kind == "failing").Select(note => note.DequeueCount).Order());
    }

    [Fact]
    public async Task A_message_whose_worker_dies_becomes_visible_again()
    {
        await SendAsync("crashing-messages", "survivor");

        Assert.Equal(2, (await SeeAsync(note => note is { Kind: "crashing", Text: "survivor" })).DequeueCount);
    }

    [Fact]
    public async Task A_timer_runs_on_schedule() => Assert.Equal("False", (await SeeAsync(note => note.Kind == "timer")).Text);

    private static readonly ConcurrentBag<Note> Seen = [];

    private async Task SendAsync(string queue, string message)
    {
        var client = new QueueClient(probe.Cloud.StorageConnectionString, queue);
        await client.CreateIfNotExistsAsync(cancellationToken: Ct);
        await client.SendMessageAsync(message, Ct);
    }

    private async Task<Note> SeeAsync(Func<Note, bool> wanted)
    {
        var client = new QueueClient(probe.Cloud.StorageConnectionString, "seen");
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
            "the function writes down what it was given");
        return Seen.First(wanted);
    }

    private sealed record Note(string Kind, string Text, long DequeueCount);
}
