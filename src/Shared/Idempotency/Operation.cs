using System.Security.Cryptography;
using System.Text;

namespace ServerlessScale.Shared.Idempotency;

/// <summary>
/// One operation of a client, which consists of a request and its repetitions with the same idempotency key. A new resource gets its id
/// from the operation. If an instance dies after it has created the resource, the repeated request therefore finds this resource instead of
/// creating a second one. A request without a key is an operation of its own.
/// </summary>
public sealed class Operation
{
    internal const int SeedBytes = 32;

    private readonly byte[] _seed;
    private readonly Func<string, string?, CancellationToken, Task>? _note;

    private Operation(byte[] seed, DateTimeOffset startedAt, Func<string, string?, CancellationToken, Task>? note) =>
        (_seed, StartedAt, _note) = (seed, startedAt, note);

    /// <summary>The UTC time at which the first request of the operation arrived.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Whether a record of the operation is stored, because the client sent an idempotency key.</summary>
    public bool IsRecorded => _note is not null;

    /// <summary>Whether an earlier request of this operation did not complete. Its effect may exist.</summary>
    public bool IsRepeated { get; private init; }

    /// <summary>The note that an earlier request of this operation stored before its effect; null when there is none.</summary>
    public string? Note { get; private set; }

    /// <summary>The <see cref="BodyDigest"/> that was stored with <see cref="Note"/>; null unless the body is streamed.</summary>
    public string? StoredBodyDigest { get; private set; }

    /// <summary>
    /// Whether a refused request has changed something, so that the refusal is stored and repeated. A refusal without an effect is not
    /// stored, and the client can repeat the request after it has removed the cause.
    /// </summary>
    public bool HasActed { get; private set; }

    /// <summary>Returns the operation of a request without an idempotency key.</summary>
    public static Operation Unrecorded(TimeProvider time) => new(RandomNumberGenerator.GetBytes(SeedBytes), time.GetUtcNow(), note: null);

    internal static Operation Recorded(OperationRecord record, bool isRepeated, Func<string, string?, CancellationToken, Task> note) =>
        new(record.Seed, record.StartedAt, note) { IsRepeated = isRepeated, Note = record.Note, StoredBodyDigest = record.BodyDigest };

    /// <summary>
    /// Stores a note before the effect, so that a repeated request can find the effect. Does nothing without an idempotency key.
    /// </summary>
    /// <exception cref="Problems.ProblemException">
    /// The lease of this request has expired, and a repeated request continues the operation. This request must stop.
    /// </exception>
    public async Task NoteAsync(string note, string? bodyDigest, CancellationToken cancellationToken)
    {
        if (_note is not null)
        {
            await _note(note, bodyDigest, cancellationToken);
            (Note, StoredBodyDigest) = (note, bodyDigest);
        }
    }

    public void MarkAsActed() => HasActed = true;

    /// <summary>
    /// Returns characters for the id of a resource, each of which encodes 5 bits. They are the same for every request of the operation, and
    /// nobody can guess them, because they are computed from 256 random bits.
    /// </summary>
    /// <param name="purpose">The kind of the resource. Different kinds get different characters.</param>
    /// <param name="length">At most 32.</param>
    public string Characters(string purpose, int length) =>
        string.Create(length, Hash(purpose), static (characters, hash) =>
        {
            for (var i = 0; i < characters.Length; i++)
            {
                characters[i] = Base32.Alphabet[hash[i] & 31];
            }
        });

    private byte[] Hash(string purpose) => HMACSHA256.HashData(_seed, Encoding.ASCII.GetBytes(purpose));
}
