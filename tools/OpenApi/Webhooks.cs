using System.Text.Json.Nodes;

namespace ServerlessScale.OpenApi;

/// <summary>Describes the requests that the shop sends to receivers (Standard Webhooks 1.0.0), one webhook for each event type.</summary>
internal static class Webhooks
{
    public static JsonObject Of(LoadedApp app, Schemas schemas, XmlComments comments)
    {
        var events = app.Types()
            .SelectMany(type => type.Attribute("EventData")?.Argument<string[]>(0)?.Select(name => (Name: name, Data: type)) ?? [])
            .OrderBy(webhook => webhook.Name, StringComparer.Ordinal);
        return new JsonObject(events.Select(webhook => KeyValuePair.Create(
            webhook.Name, (JsonNode?)new JsonObject { ["post"] = Describe(webhook.Name, webhook.Data, schemas, comments) })));
    }

    private static JsonObject Describe(string name, Type data, Schemas schemas, XmlComments comments) => new()
    {
        ["operationId"] = string.Concat(name.Split('.', '-').Select((part, index) => index == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..])) + "Event",
        ["tags"] = new JsonArray("Webhooks"),
        ["summary"] = $"The event `{name}`",
        ["description"] = $"{comments.Of(data)}\n\nThe receiver verifies the signature, and uses `webhook-id` to recognise a repeated delivery.",
        ["security"] = new JsonArray(),
        ["parameters"] = new JsonArray(
            Header("webhook-id", "The id of the event. A repeated delivery has the same id."),
            Header("webhook-timestamp", "The time of this attempt, in seconds since 1970-01-01T00:00:00Z."),
            Header("webhook-signature", "One or more signatures, separated by spaces.")),
        ["requestBody"] = new JsonObject
        {
            ["required"] = true,
            ["content"] = new JsonObject
            {
                ["application/json"] = new JsonObject
                {
                    ["schema"] = new JsonObject
                    {
                        ["type"] = "object",
                        ["required"] = new JsonArray("type", "timestamp", "data"),
                        ["properties"] = new JsonObject
                        {
                            ["type"] = new JsonObject { ["type"] = "string", ["const"] = name },
                            ["timestamp"] = new JsonObject
                            {
                                ["type"] = "string",
                                ["format"] = "date-time",
                                ["description"] = "The time at which the event happened.",
                            },
                            ["data"] = schemas.Reference(data, isRequest: false),
                        },
                    },
                },
            },
        },
        ["responses"] = new JsonObject
        {
            ["2XX"] = new JsonObject { ["description"] = "The receiver has accepted the event." },
            ["410"] = new JsonObject { ["description"] = "The receiver wants no more events. The shop disables the endpoint." },
            ["default"] = new JsonObject { ["description"] = "The delivery has failed. The shop sends it again, as docs/webhooks.md describes." },
        },
    };

    private static JsonObject Header(string name, string description) => new()
    {
        ["name"] = name,
        ["in"] = "header",
        ["required"] = true,
        ["description"] = description,
        ["schema"] = new JsonObject { ["type"] = "string" },
    };
}
