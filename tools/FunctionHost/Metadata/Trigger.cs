using System.Text.Json;

namespace ServerlessScale.FunctionHost.Metadata;

/// <summary>The trigger that starts a function.</summary>
/// <param name="Parameter">The name of the function's parameter that receives the request, message or timer.</param>
public abstract record Trigger(string Parameter)
{
    /// <summary>Finds the trigger in a function's bindings.</summary>
    /// <exception cref="FunctionHostException">The function has no trigger, or its trigger is not supported by this host.</exception>
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
                Text(binding, "queueName") ?? throw new FunctionHostException($"The queue trigger of {function} has no queue name."),
                Text(binding, "connection") ?? "AzureWebJobsStorage",
                IsDeferred(binding)),
            "TIMERTRIGGER" => new TimerTrigger(
                parameter,
                Text(binding, "schedule") ?? throw new FunctionHostException($"The timer trigger of {function} has no schedule."),
                Flag(binding, "runOnStartup", false),
                Flag(binding, "useMonitor", true)),
            _ => throw new FunctionHostException(
                $"The function {function} has the trigger {type}. This host supports only HTTP, queue and timer triggers."),
        };
    }

    private static string[] Methods(JsonElement binding) =>
        binding.TryGetProperty("methods", out var methods) && methods.ValueKind == JsonValueKind.Array
            ? [.. methods.EnumerateArray().Select(method => method.GetString()!.ToUpperInvariant())]
            : [];

    /// <summary>
    /// Returns whether the function's parameter has the SDK's message type. Such a message is sent as model binding data instead of text.
    /// </summary>
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

/// <param name="Parameter"><inheritdoc cref="Trigger" path="/param[@name='Parameter']"/></param>
/// <param name="Route">The route template without the app's route prefix.</param>
/// <param name="Methods">The allowed HTTP methods in upper case. An empty list allows every method.</param>
public sealed record HttpTrigger(string Parameter, string Route, IReadOnlyList<string> Methods) : Trigger(Parameter);

/// <param name="Parameter"><inheritdoc cref="Trigger" path="/param[@name='Parameter']"/></param>
/// <param name="QueueName">The name of the queue whose messages start the function.</param>
/// <param name="Connection">The name of the app setting that contains the storage account's connection string.</param>
/// <param name="DeferredBinding">Whether the function's parameter has the SDK's message type instead of text.</param>
public sealed record QueueTrigger(string Parameter, string QueueName, string Connection, bool DeferredBinding) : Trigger(Parameter);

/// <param name="Parameter"><inheritdoc cref="Trigger" path="/param[@name='Parameter']"/></param>
/// <param name="Schedule">An NCRONTAB expression with six fields, or a time span.</param>
/// <param name="RunOnStartup">Whether the function also runs when the host starts.</param>
/// <param name="UseMonitor">Whether the last run is recorded, so that a run missed during downtime is executed after the restart.</param>
public sealed record TimerTrigger(string Parameter, string Schedule, bool RunOnStartup, bool UseMonitor) : Trigger(Parameter);
