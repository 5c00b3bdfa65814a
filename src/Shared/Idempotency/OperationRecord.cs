using System.Globalization;
using System.Text.Json;
using Azure.Data.Tables;
using ServerlessScale.Shared.Sealing;

namespace ServerlessScale.Shared.Idempotency;

/// <summary>The row of an operation. The row without a response is in flight until its lease expires.</summary>
internal sealed record OperationRecord
{
    internal const string StartedAtColumn = "StartedAt";

    private const string FingerprintColumn = "Fingerprint";
    private const string SeedColumn = "Seed";
    private const string AttemptColumn = "Attempt";
    private const string LeaseColumn = "LeaseUntil";
    private const string NoteColumn = "Note";
    private const string DigestColumn = "BodyDigest";
    private const string ResponseColumn = "Response";

    /// <summary>The size of a part of the response. Table Storage allows 64 KiB per column.</summary>
    private const int LargestPart = 60 * 1024;

    public required string Partition { get; init; }

    public required string Key { get; init; }

    public required string Fingerprint { get; init; }

    /// <summary>The random bytes from which the ids of the operation's resources are computed.</summary>
    public required byte[] Seed { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Identifies the request that wrote the row. Only this request writes rows with this value.</summary>
    public required string Attempt { get; init; }

    public required DateTimeOffset LeaseUntil { get; init; }

    public string? Note { get; init; }

    public string? BodyDigest { get; init; }

    /// <summary>The sealed response; null while the operation is in flight.</summary>
    public byte[]? Response { get; init; }

    public static OperationRecord Read(TableEntity row)
    {
        var parts = Enumerable.Range(0, row.Count).Select(i => row.GetBinary(PartName(i))).TakeWhile(part => part is not null).ToArray();
        return new OperationRecord
        {
            Partition = row.PartitionKey,
            Key = row.RowKey,
            Fingerprint = row.GetString(FingerprintColumn),
            Seed = row.GetBinary(SeedColumn),
            StartedAt = row.GetDateTimeOffset(StartedAtColumn)!.Value,
            Attempt = row.GetString(AttemptColumn),
            LeaseUntil = row.GetDateTimeOffset(LeaseColumn)!.Value,
            Note = row.GetString(NoteColumn),
            BodyDigest = row.GetString(DigestColumn),
            Response = parts is [] ? null : [.. parts.SelectMany(part => part!)],
        };
    }

    public TableEntity ToRow()
    {
        var row = new TableEntity(Partition, Key)
        {
            [FingerprintColumn] = Fingerprint,
            [SeedColumn] = Seed,
            [StartedAtColumn] = StartedAt,
            [AttemptColumn] = Attempt,
            [LeaseColumn] = LeaseUntil,
        };
        if (Note is not null)
        {
            row[NoteColumn] = Note;
        }

        if (BodyDigest is not null)
        {
            row[DigestColumn] = BodyDigest;
        }

        foreach (var (i, part) in (Response ?? []).Chunk(LargestPart).Index())
        {
            row[PartName(i)] = part;
        }

        return row;
    }

    /// <summary>Returns the record with the response. The response is sealed, because it can contain a secret or a signed URL.</summary>
    public OperationRecord With(StoredResponse response, Sealer sealer) => this with
    {
        Response = sealer.Seal(JsonSerializer.SerializeToUtf8Bytes(response, StoredResponseJson.Default.StoredResponse), Place),
    };

    public StoredResponse Open(Sealer sealer) =>
        JsonSerializer.Deserialize(sealer.Open(Response, Place), StoredResponseJson.Default.StoredResponse)
        ?? throw new InvalidDataException($"The response in row {Place} cannot be read.");

    private string Place => $"Idempotency/{Partition}/{Key}";

    private static string PartName(int index) => ResponseColumn + index.ToString(CultureInfo.InvariantCulture);
}
