using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;

namespace ServerlessScale.Tests.Integration.Upgrades;

/// <summary>
/// Converts the rows of tables to JSON and back. A column becomes an object with one member, whose name is the type of the column. A column
/// that contains JSON becomes a part of the JSON, so that a fixture can be read and compared member by member.
/// </summary>
internal sealed class RawTables(TableServiceClient tables)
{
    /// <summary>The time that the service assigns, and the keys, which are not columns.</summary>
    private static readonly string[] NotColumns = ["odata.etag", "Timestamp", "PartitionKey", "RowKey"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Empties the tables, runs a write, and returns all rows of the tables.</summary>
    public async Task<JsonNode> AfterAsync(Func<Task> write, params string[] names)
    {
        await ClearAsync(names);
        await write();
        return await DumpAsync(names);
    }

    /// <summary>Replaces all rows of the tables with the rows of a fixture.</summary>
    public async Task RestoreAsync(JsonNode stored)
    {
        await ClearAsync([.. stored.AsObject().Select(table => table.Key)]);
        foreach (var (name, rows) in stored.AsObject())
        {
            foreach (var row in rows!.AsArray())
            {
                await tables.GetTableClient(name).AddEntityAsync(EntityOf(row!.AsObject()), Ct);
            }
        }
    }

    public async Task<JsonNode> DumpAsync(params string[] names)
    {
        var stored = new JsonObject();
        foreach (var name in names)
        {
            var rows = new JsonArray();
            await foreach (var row in tables.GetTableClient(name).QueryAsync<TableEntity>(cancellationToken: Ct))
            {
                rows.Add(Of(row));
            }

            stored[name] = rows;
        }

        return stored;
    }

    /// <summary>Adds an unknown column to each row, and an unknown member to each object in a column.</summary>
    public static JsonNode WithUnknown(JsonNode stored)
    {
        var changed = stored.DeepClone();
        foreach (var row in changed.AsObject().SelectMany(table => table.Value!.AsArray()))
        {
            var columns = row!["columns"]!.AsObject();
            foreach (var (_, column) in columns)
            {
                var (type, value) = column!.AsObject().Single();
                if (type is "json" or "jsonBytes")
                {
                    UnknownMembers.AddTo(value!);
                }
            }

            columns[UnknownMembers.Name] = new JsonObject { ["string"] = "new" };
        }

        return changed;
    }

    private async Task ClearAsync(string[] names)
    {
        foreach (var table in names.Select(tables.GetTableClient))
        {
            await table.CreateIfNotExistsAsync(Ct);
            await foreach (var row in table.QueryAsync<TableEntity>(cancellationToken: Ct))
            {
                await table.DeleteEntityAsync(row, cancellationToken: Ct);
            }
        }
    }

    private static JsonObject Of(TableEntity row)
    {
        var columns = new JsonObject();
        foreach (var (name, value) in row.Where(column => !NotColumns.Contains(column.Key)).OrderBy(column => column.Key, StringComparer.Ordinal))
        {
            columns[name] = value switch
            {
                string text when TryParse(text, out var json) => new JsonObject { ["json"] = json },
                string text => new JsonObject { ["string"] = text },
                byte[] bytes when TryParse(System.Text.Encoding.UTF8.GetString(bytes), out var json) => new JsonObject { ["jsonBytes"] = json },
                byte[] bytes => new JsonObject { ["bytes"] = Convert.ToBase64String(bytes) },
                DateTimeOffset time => new JsonObject { ["time"] = time.ToString("O", CultureInfo.InvariantCulture) },
                int number => new JsonObject { ["int32"] = number },
                long number => new JsonObject { ["int64"] = number },
                double number => new JsonObject { ["double"] = number },
                _ => throw new NotSupportedException($"Column {name} has the type {value.GetType()}."),
            };
        }

        return new JsonObject { ["partition"] = row.PartitionKey, ["row"] = row.RowKey, ["columns"] = columns };
    }

    private static TableEntity EntityOf(JsonObject row)
    {
        var entity = new TableEntity((string?)row["partition"], (string?)row["row"]);
        foreach (var (name, column) in row["columns"]!.AsObject())
        {
            var (type, value) = column!.AsObject().Single();
            entity[name] = type switch
            {
                "json" => value!.ToJsonString(),
                "jsonBytes" => System.Text.Encoding.UTF8.GetBytes(value!.ToJsonString()),
                "string" => (string?)value,
                "bytes" => Convert.FromBase64String((string)value!),
                "time" => DateTimeOffset.Parse((string)value!, CultureInfo.InvariantCulture),
                "int32" => (int)value!,
                "int64" => (long)value!,
                "double" => (double)value!,
                _ => throw new NotSupportedException($"'{type}' is not a type of columns."),
            };
        }

        return entity;
    }

    private static bool TryParse(string text, out JsonNode? json)
    {
        json = null;
        try
        {
            json = text.StartsWith('{') ? JsonNode.Parse(text) : null;
        }
        catch (JsonException)
        {
            return false;
        }

        return json is not null;
    }
}
