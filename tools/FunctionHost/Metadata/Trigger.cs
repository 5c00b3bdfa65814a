using System.Text.Json;

namespace ServerlessScale.FunctionHost.Metadata;

/// <summary>What starts a function. <paramref name="Parameter"/> is the function's parameter that receives it.</summary>
public abstract record Trigger(string Parameter)
{
    /// <summary>Finds the trigger among a function's bindings.</summary>
    /// <exception cref="FunctionHostException">The function has no trigger, or one that this host cannot run.</exception>
    internal static Trigger Find(string function, IEnumerable<JsonElement> bindings)
    {
        foreach (var binding in bindings)
        {
            var type = binding.GetProperty("type").GetString()!;
            if (type.EndsWith("Trigger", StringComparison.OrdinalIgnoreCase))
            {
                return From(function, type, binding);
            }
        }

        throw new FunctionHostException($"The function {function} has no trigger.");
    }

    private static Trigger From(string function, string type, JsonElement binding)
    {
        var parameter = Text(binding, "name") ?? "";
        return type.ToUpperInvariant() switch
        {
            "HTTPTRIGGER" => new HttpTrigger(parameter, Text(binding, "route") ?? function, Methods(binding)),
            "QUEUETRIGGER" => new QueueTrigger(
                parameter,
                Text(binding, "queueName") ?? throw new FunctionHostException($"The queue trigger of {function} names no queue."),
                Text(binding, "connection") ?? "AzureWebJobsStorage",
                IsDeferred(binding)),
            "TIMERTRIGGER" => new TimerTrigger(
                parameter,
                Text(binding, "schedule") ?? throw new FunctionHostException($"The timer trigger of {function} has no schedule."),
                Flag(binding, "runOnStartup", false),
                Flag(binding, "useMonitor", true)),
            _ => throw new FunctionHostException(
                $"The function {function} is started by {type}, but only HTTP, queue and timer triggers can be run here."),
        };
    }

    private static string[] Methods(JsonElement binding) =>
        binding.TryGetProperty("methods", out var methods) && methods.ValueKind == JsonValueKind.Array
            ? [.. methods.EnumerateArray().Select(method => method.GetString()!.ToUpperInvariant())]
            : [];

    /// <summary>True when the worker wants the SDK's message type, sent as model binding data rather than as text.</summary>
    private static bool IsDeferred(JsonElement binding) =>
        binding.TryGetProperty("properties", out var properties) && Flag(properties, "supportsDeferredBinding", false);

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    private static bool Flag(JsonElement element, string name, bool whenMissing) =>
        element.TryGetProperty(name, out var value)
            ? value.ValueKind == JsonValueKind.True || (value.ValueKind == JsonValueKind.String && bool.Parse(value.GetString()!))
            : whenMissing;
}

/// <param name="Methods">Upper case; empty means every method.</param>
public sealed record HttpTrigger(string Parameter, string Route, IReadOnlyList<string> Methods) : Trigger(Parameter);

public sealed record QueueTrigger(string Parameter, string QueueName, string Connection, bool DeferredBinding) : Trigger(Parameter);

/// <param name="Schedule">An NCRONTAB expression of six fields, or a time span.</param>
public sealed record TimerTrigger(string Parameter, string Schedule, bool RunOnStartup, bool UseMonitor) : Trigger(Parameter);
