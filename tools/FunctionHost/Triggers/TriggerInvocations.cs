using System.Globalization;
using System.Text.Json;
using Azure.Storage.Queues.Models;
using Google.Protobuf;
using Microsoft.Azure.WebJobs;
using ServerlessScale.FunctionHost.Metadata;
using ServerlessScale.FunctionHost.Protocol;
using ServerlessScale.FunctionHost.Workers;

namespace ServerlessScale.FunctionHost.Triggers;

/// <summary>
/// Invokes queue and timer functions on the worker. A failed invocation throws an exception, so that the WebJobs SDK retries the message or
/// moves it to the poison queue.
/// </summary>
internal sealed class TriggerInvocations
{
    private static readonly TimeSpan WorkerWait = TimeSpan.FromSeconds(30);
    private readonly WorkerSupervisor _workers;
    private readonly FunctionInvoker _invoker;
    private readonly Dictionary<string, FunctionDescription> _functions;

    public TriggerInvocations(WorkerSupervisor workers, FunctionInvoker invoker, IEnumerable<FunctionDescription> functions)
    {
        _workers = workers;
        _invoker = invoker;
        _functions = functions.ToDictionary(function => function.Name, StringComparer.Ordinal);
    }

    public Task InvokeQueueAsync(string functionName, QueueMessage message, CancellationToken cancellationToken)
    {
        var function = _functions[functionName];
        var request = FunctionInvoker.NewRequest(function);
        request.InputData.Add(new ParameterBinding
        {
            Name = function.Trigger.Parameter,
            Data = ((QueueTrigger)function.Trigger).DeferredBinding ? Deferred(message) : Text(message.MessageText),
        });
        request.TriggerMetadata["QueueTrigger"] = new() { String = message.MessageText };
        request.TriggerMetadata["Id"] = new() { String = message.MessageId };
        request.TriggerMetadata["PopReceipt"] = new() { String = message.PopReceipt };
        request.TriggerMetadata["DequeueCount"] = new() { Json = message.DequeueCount.ToString(CultureInfo.InvariantCulture) };
        request.TriggerMetadata["InsertionTime"] = Json(message.InsertedOn);
        request.TriggerMetadata["ExpirationTime"] = Json(message.ExpiresOn);
        request.TriggerMetadata["NextVisibleTime"] = Json(message.NextVisibleOn);
        return InvokeAsync(function, request, cancellationToken);
    }

    public Task InvokeTimerAsync(string functionName, TimerInfo timer, CancellationToken cancellationToken)
    {
        var function = _functions[functionName];
        var request = FunctionInvoker.NewRequest(function);
        request.InputData.Add(new ParameterBinding
        {
            Name = function.Trigger.Parameter,
            Data = new()
            {
                Json = JsonSerializer.Serialize(new
                {
                    ScheduleStatus = timer.ScheduleStatus is { } status ? new { status.Last, status.Next, status.LastUpdated } : null,
                    timer.IsPastDue,
                }),
            },
        });
        return InvokeAsync(function, request, cancellationToken);
    }

    private static TypedData Json(DateTimeOffset? time) => new() { Json = JsonSerializer.Serialize(time) };

    /// <summary>Sends JSON objects and arrays as JSON and all other messages as text, as Azure's host does.</summary>
    private static TypedData Text(string text)
    {
        var trimmed = text.AsSpan().Trim();
        if (trimmed is ['{', .., '}'] or ['[', .., ']'])
        {
            try
            {
                using var document = JsonDocument.Parse(text);
                return new() { Json = text };
            }
            catch (JsonException)
            {
                // The text looks like JSON because of its brackets, but it is not valid JSON.
            }
        }

        return new() { String = text };
    }

    private static TypedData Deferred(QueueMessage message) => new()
    {
        ModelBindingData = new()
        {
            Version = "1.0",
            Source = "AzureStorageQueues",
            ContentType = "application/json",
            Content = ByteString.CopyFromUtf8(JsonSerializer.Serialize(new
            {
                message.MessageId,
                message.PopReceipt,
                message.MessageText,
                message.DequeueCount,
                message.NextVisibleOn,
                message.InsertedOn,
                message.ExpiresOn,
            })),
        },
    };

    private async Task InvokeAsync(FunctionDescription function, InvocationRequest request, CancellationToken cancellationToken)
    {
        var worker = await _workers.GetAsync(WorkerWait, cancellationToken)
            ?? throw new FunctionFailedException($"No worker was ready for {function.Name}.");
        var outcome = await _invoker.InvokeAsync(worker, function, request, cancellationToken);
        if (outcome.Status != InvocationStatus.Succeeded)
        {
            throw new FunctionFailedException($"{function.Name} ended with status {outcome.Status}.");
        }
    }
}

/// <summary>Tells the WebJobs SDK that an invocation has failed. The host has already logged the reason.</summary>
internal sealed class FunctionFailedException(string message) : Exception(message);
