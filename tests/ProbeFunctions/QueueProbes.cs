using System.Text.Json;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessScale.Tests.ProbeFunctions;

/// <summary>Queue and timer functions that write down what they were given, into the queue <c>seen</c>.</summary>
public sealed class QueueProbes
{
    private static readonly QueueClient Seen = new(Environment.GetEnvironmentVariable("AzureWebJobsStorage"), "seen");

    [Function("SdkMessage")]
    public static Task SdkMessage([QueueTrigger("sdk-messages")] QueueMessage message) =>
        WriteDownAsync("sdk", message.MessageText, message.DequeueCount);

    [Function("TextMessage")]
    public static Task TextMessage([QueueTrigger("text-messages")] string message, long dequeueCount) =>
        WriteDownAsync("text", message, dequeueCount);

    [Function("JsonMessage")]
    public static Task JsonMessage([QueueTrigger("json-messages")] Note message) => WriteDownAsync("json", message.Text, 0);

    [Function("Failing")]
    public static async Task Failing([QueueTrigger("failing-messages")] string message, long dequeueCount)
    {
        await WriteDownAsync("failing", message, dequeueCount);
        throw new InvalidOperationException("This function always fails.");
    }

    [Function("Poisoned")]
    public static Task Poisoned([QueueTrigger("failing-messages-poison")] string message) => WriteDownAsync("poisoned", message, 0);

    /// <summary>The first try kills its own process, as a crash would; the next one succeeds.</summary>
    [Function("Crashing")]
    public static async Task Crashing([QueueTrigger("crashing-messages")] string message, long dequeueCount)
    {
        if (dequeueCount == 1)
        {
            Environment.Exit(137);
        }

        await WriteDownAsync("crashing", message, dequeueCount);
    }

    [Function("EverySecond")]
    public static Task EverySecond([TimerTrigger("* * * * * *")] TimerInfo timer) =>
        WriteDownAsync("timer", timer.IsPastDue.ToString(), 0);

    private static async Task WriteDownAsync(string kind, string text, long dequeueCount)
    {
        await Seen.CreateIfNotExistsAsync();
        await Seen.SendMessageAsync(JsonSerializer.Serialize(new { kind, text, dequeueCount }));
    }

    public sealed record Note(string Text);
}
