using System.Text.Json;
using ServerlessScale.FunctionHost.Protocol;

namespace ServerlessScale.FunctionHost.Metadata;

/// <summary>A function as the worker reported it, with the trigger that was read from its raw bindings.</summary>
internal sealed record FunctionDescription(string Name, string Id, Trigger Trigger, RpcFunctionMetadata Metadata)
{
    /// <exception cref="FunctionHostException">The function has no trigger, or one that this host does not support.</exception>
    public static FunctionDescription From(RpcFunctionMetadata metadata) => new(
        metadata.Name,
        metadata.FunctionId,
        Trigger.Find(metadata.Name, metadata.RawBindings.Select(binding => JsonElement.Parse(binding))),
        metadata);
}
