using System.Text.Json;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessScale.Tests.ProbeFunctions;

/// <summary>
/// Queue and timer functions for tests of a functions host. Each function records its input as a message in the <c>seen</c> queue.
/// </summary>
public sealed class QueueProbes
{
    private static readonly QueueClient Seen = new(Environment.GetEnvironmentVariable("AzureWebJobsStorage"), "seen");

    [Function("SdkMessage")]
    public static Task SdkMessage([QueueTrigger("sdk-messages")] QueueMessage message) =>
        RecordAsync("sdk", message.MessageText, message.DequeueCount);

    [Function("TextMessage")]
    public static Task TextMessage([QueueTrigger("text-messages")] string message, long dequeueCount) =>
        RecordAsync("text", message, dequeueCount);

    [Function("JsonMessage")]
    public static Task JsonMessage([QueueTrigger("json-messages")] Note message) => RecordAsync("json", message.Text, 0);

    [Function("Failing")]
    public static async Task Failing([QueueTrigger("failing-messages")] string message, long dequeueCount)
    {
        await RecordAsync("failing", message, dequeueCount);
        throw new InvalidOperationException("This function always fails.");
    }

    [Function("Poisoned")]
    public static Task Poisoned([QueueTrigger("failing-messages-poison")] string message) => RecordAsync("poisoned", message, 0);

    /// <summary>Simulates a crash. The first attempt ends the worker process, and the second attempt succeeds.</summary>
    [Function("Crashing")]
    public static async Task Crashing([QueueTrigger("crashing-messages")] string message, long dequeueCount)
    {
        if (dequeueCount == 1)
        {
            Environment.Exit(137);
        }

        await RecordAsync("crashing", message, dequeueCount);
    }

    /// <summary>Runs until it is cancelled, but no longer than a minute.</summary>
    [Function("Waiting")]
    public static async Task Waiting([QueueTrigger("waiting-messages")] string message, CancellationToken cancellationToken)
    {
        await RecordAsync("waiting", message, 0);
        try
        {
            await Task.Delay(TimeSpan.FromMinutes(1), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await RecordAsync("cancelled", message, 0);
            throw;
        }
    }

    [Function("EverySecond")]
    public static Task EverySecond([TimerTrigger("* * * * * *")] TimerInfo timer) =>
        RecordAsync("timer", timer.IsPastDue.ToString(), 0);

    private static async Task RecordAsync(string kind, string text, long dequeueCount)
    {
        await Seen.CreateIfNotExistsAsync();
        await Seen.SendMessageAsync(JsonSerializer.Serialize(new { kind, text, dequeueCount }));
    }

    public sealed record Note(string Text);
}
