using System.Text.Json.Nodes;

namespace ServerlessScale.Tests.Integration.Upgrades;

/// <summary>A kind of data that one release writes and another release reads, such as the manifest of an image.</summary>
/// <param name="Name">The name of the fixture's file, without its extension.</param>
/// <param name="Value">The value that <paramref name="WriteAsync"/> stores.</param>
/// <param name="WriteAsync">Stores the value with the code of the app. Returns the stored data as JSON.</param>
/// <param name="ReadAsync">Restores the stored data, reads them with the code of the app, and returns the value.</param>
internal sealed record StoredKind(string Name, object Value, Func<Task<JsonNode>> WriteAsync, Func<JsonNode, Task<object>> ReadAsync)
{
    /// <summary>Whether the stored data contain random bytes, so that only the names and types of the members are compared.</summary>
    public bool IsRandom { get; init; }

    /// <summary>Adds a member that this release does not know. The default adds one to each object of the stored data.</summary>
    public Func<JsonNode, JsonNode> WithUnknownMember { get; init; } = stored => UnknownMembers.AddTo(stored.DeepClone());

    public override string ToString() => Name;
}

/// <summary>Members that this release does not know, because a newer release has added them.</summary>
internal static class UnknownMembers
{
    public const string Name = "addedByANewerRelease";

    /// <summary>Adds an unknown member to the node and to every object within it.</summary>
    public static JsonNode AddTo(JsonNode node)
    {
        foreach (var child in Children(node))
        {
            AddTo(child);
        }

        if (node is JsonObject members)
        {
            members[Name] = "new";
        }

        return node;
    }

    /// <summary>Removes the unknown members that free-form data, such as the data of an event, have kept.</summary>
    public static JsonNode RemoveFrom(JsonNode node)
    {
        (node as JsonObject)?.Remove(Name);
        foreach (var child in Children(node))
        {
            RemoveFrom(child);
        }

        return node;
    }

    private static IEnumerable<JsonNode> Children(JsonNode node) => node switch
    {
        JsonObject members => [.. members.Select(member => member.Value).OfType<JsonNode>()],
        JsonArray items => [.. items.OfType<JsonNode>()],
        _ => [],
    };
}
