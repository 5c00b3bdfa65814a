using System.Text.Json;
using ServerlessScale.FunctionHost.Protocol;

namespace ServerlessScale.FunctionHost.Metadata;

/// <summary>A function that the worker has reported, with the trigger parsed from its raw bindings.</summary>
internal sealed record FunctionDescription(string Name, string Id, Trigger Trigger, RpcFunctionMetadata Metadata)
{
    /// <exception cref="FunctionHostException">The function has no trigger, or its trigger is not supported by this host.</exception>
    public static FunctionDescription From(RpcFunctionMetadata metadata) => new(
        metadata.Name,
        metadata.FunctionId,
        Trigger.Find(metadata.Name, metadata.RawBindings.Select(binding => JsonElement.Parse(binding))),
        metadata);
}
