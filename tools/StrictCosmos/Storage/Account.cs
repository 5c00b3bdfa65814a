using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>The databases of the account.</summary>
internal sealed class Account(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Database> _databases = new(StringComparer.Ordinal);
    // Random, so that a client which outlives one server does not take another's resource ids for its own.
    private uint _created = (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue / 2);

    public IEnumerable<Database> Databases => _databases.Values;

    /// <exception cref="RefusedException">400 when the name is not acceptable, 409 when it is taken.</exception>
    public Database Create(JsonElement definition, int? throughput)
    {
        var database = new Database(ResourceName.Of(definition), Interlocked.Increment(ref _created), throughput, time);
        return _databases.TryAdd(database.Name, database)
            ? database
            : throw new RefusedException(StatusCodes.Status409Conflict, "Resource with the specified id already exists.");
    }

    /// <exception cref="RefusedException">404 when there is none.</exception>
    public Database Find(string nameOrId, int subStatus = 0) =>
        _databases.GetValueOrDefault(nameOrId)
        ?? _databases.Values.FirstOrDefault(database => database.ResourceId == nameOrId)
        ?? throw new RefusedException(StatusCodes.Status404NotFound, $"There is no database {nameOrId}.", subStatus);

    public void Delete(Database database) => _databases.TryRemove(KeyValuePair.Create(database.Name, database));
}
