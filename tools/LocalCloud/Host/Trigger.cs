using System.Text.Json;

namespace ServerlessScale.Local.Host;

/// <summary>What starts a function. <paramref name="Parameter"/> is the function's parameter that receives it.</summary>
internal abstract record Trigger(string Parameter)
{
    internal static Trigger From(string function, string type, JsonElement binding)
    {
        var parameter = Text(binding, "name") ?? "";
        return type.ToUpperInvariant() switch
        {
            "HTTPTRIGGER" => new HttpTrigger(parameter, Text(binding, "route") ?? function, Methods(binding)),
            "QUEUETRIGGER" => new QueueTrigger(
                parameter,
                Text(binding, "queueName") ?? throw new LocalCloudException($"The queue trigger of {function} names no queue."),
                Text(binding, "connection") ?? "AzureWebJobsStorage",
                IsDeferred(binding)),
            "TIMERTRIGGER" => new TimerTrigger(
                parameter,
                Text(binding, "schedule") ?? throw new LocalCloudException($"The timer trigger of {function} has no schedule."),
                Flag(binding, "runOnStartup", false),
                Flag(binding, "useMonitor", true)),
            _ => throw new LocalCloudException(
                $"The function {function} is started by {type}; LocalCloud runs HTTP, queue and timer triggers. Use --host func for others."),
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
internal sealed record HttpTrigger(string Parameter, string Route, IReadOnlyList<string> Methods) : Trigger(Parameter);

internal sealed record QueueTrigger(string Parameter, string QueueName, string Connection, bool DeferredBinding) : Trigger(Parameter);

/// <param name="Schedule">An NCRONTAB expression of six fields, or a time span.</param>
internal sealed record TimerTrigger(string Parameter, string Schedule, bool RunOnStartup, bool UseMonitor) : Trigger(Parameter);
