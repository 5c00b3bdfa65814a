using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Rules;

namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>The databases of the account.</summary>
internal sealed class Account(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Database> _databases = new(StringComparer.Ordinal);
    // The first number is random, so that a client that continues to run while the server restarts does not confuse the resource ids of
    // the old and the new server.
    private uint _created = (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue / 2);

    public IEnumerable<Database> Databases => _databases.Values;

    /// <exception cref="RefusedException">400: the name is invalid. 409: the name is in use.</exception>
    public Database Create(JsonElement definition, int? throughput)
    {
        var database = new Database(ResourceName.Of(definition), Interlocked.Increment(ref _created), throughput, time);
        return _databases.TryAdd(database.Name, database)
            ? database
            : throw new RefusedException(StatusCodes.Status409Conflict, "Resource with the specified id already exists.");
    }

    /// <exception cref="RefusedException">404: the database does not exist.</exception>
    public Database Find(string nameOrId, int subStatus = 0) =>
        _databases.GetValueOrDefault(nameOrId)
        ?? _databases.Values.FirstOrDefault(database => database.ResourceId == nameOrId)
        ?? throw new RefusedException(StatusCodes.Status404NotFound, $"The database {nameOrId} does not exist.", subStatus);

    public void Delete(Database database) => _databases.TryRemove(KeyValuePair.Create(database.Name, database));
}

/// <summary>Checks the <c>id</c> of a database or a container.</summary>
internal static class ResourceName
{
    private const string Forbidden = "/\\?#";

    /// <exception cref="RefusedException">400: the id is missing or invalid.</exception>
    public static string Of(JsonElement definition)
    {
        var name = definition.ValueKind == JsonValueKind.Object && definition.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
            ? id.GetString()!
            : "";
        if (name.Length is 0 or > ServiceLimits.ResourceNameCharacters || name.AsSpan().ContainsAny(Forbidden) || name[^1] == ' ')
        {
            throw RefusedException.BadRequest(
                $"The id of a database or a container must have 1 to {ServiceLimits.ResourceNameCharacters} characters, must not contain '/', '\\', '?' or '#', and must not end in a space.");
        }
        return name;
    }
}
