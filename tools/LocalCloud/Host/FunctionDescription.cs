using System.Text.Json;
using ServerlessScale.Local.Host.Protocol;

namespace ServerlessScale.Local.Host;

/// <summary>One function of the app, with its trigger read from the raw bindings that the worker reported.</summary>
internal sealed record FunctionDescription(string Name, string Id, Trigger Trigger, RpcFunctionMetadata Metadata)
{
    /// <exception cref="LocalCloudException">The function has no trigger, or one that this host cannot run.</exception>
    public static FunctionDescription From(RpcFunctionMetadata metadata)
    {
        foreach (var raw in metadata.RawBindings)
        {
            using var document = JsonDocument.Parse(raw);
            var binding = document.RootElement;
            var type = binding.GetProperty("type").GetString()!;
            if (type.EndsWith("Trigger", StringComparison.OrdinalIgnoreCase))
            {
                return new(metadata.Name, metadata.FunctionId, Trigger.From(metadata.Name, type, binding), metadata);
            }
        }

        throw new LocalCloudException($"The function {metadata.Name} has no trigger.");
    }
}
