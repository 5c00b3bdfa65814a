using System.Text.Json;
using ServerlessScale.FunctionHost.Protocol;

namespace ServerlessScale.FunctionHost.Metadata;

/// <summary>One function as the worker reported it, with its trigger read from the raw bindings.</summary>
internal sealed record FunctionDescription(string Name, string Id, Trigger Trigger, RpcFunctionMetadata Metadata)
{
    /// <exception cref="FunctionHostException">The function has no trigger, or one that this host cannot run.</exception>
    public static FunctionDescription From(RpcFunctionMetadata metadata) => new(
        metadata.Name,
        metadata.FunctionId,
        Trigger.Find(metadata.Name, metadata.RawBindings.Select(binding => JsonElement.Parse(binding))),
        metadata);
}
