using System.Buffers.Binary;
using System.Numerics;

namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>MurmurHash3, the 128-bit variant for 64-bit machines (Austin Appleby, public domain), with seed 0.</summary>
internal static class MurmurHash3
{
    public const int HashBytes = 16;

    private const ulong C1 = 0x87c37b91114253d5;
    private const ulong C2 = 0x4cf5ad432745937f;

    /// <summary>Writes the hash as its two 64-bit words, each little-endian, the low word first.</summary>
    public static void Hash128(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        ulong h1 = 0;
        ulong h2 = 0;
        var rest = data;
        for (; rest.Length >= HashBytes; rest = rest[HashBytes..])
        {
            h1 ^= MixLow(BinaryPrimitives.ReadUInt64LittleEndian(rest));
            h1 = (BitOperations.RotateLeft(h1, 27) + h2) * 5 + 0x52dce729;
            h2 ^= MixHigh(BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]));
            h2 = (BitOperations.RotateLeft(h2, 31) + h1) * 5 + 0x38495ab5;
        }

        // A tail padded with zeros mixes to the same words as the reference's byte-wise switch.
        Span<byte> tail = stackalloc byte[HashBytes];
        tail.Clear();
        rest.CopyTo(tail);
        h2 ^= MixHigh(BinaryPrimitives.ReadUInt64LittleEndian(tail[8..]));
        h1 ^= MixLow(BinaryPrimitives.ReadUInt64LittleEndian(tail));

        h1 ^= (ulong)data.Length;
        h2 ^= (ulong)data.Length;
        h1 += h2;
        h2 += h1;
        h1 = Finish(h1);
        h2 = Finish(h2);
        h1 += h2;
        h2 += h1;
        BinaryPrimitives.WriteUInt64LittleEndian(hash, h1);
        BinaryPrimitives.WriteUInt64LittleEndian(hash[8..], h2);
    }

    private static ulong MixLow(ulong word) => BitOperations.RotateLeft(word * C1, 31) * C2;

    private static ulong MixHigh(ulong word) => BitOperations.RotateLeft(word * C2, 33) * C1;

    private static ulong Finish(ulong word)
    {
        word = (word ^ (word >> 33)) * 0xff51afd7ed558ccd;
        word = (word ^ (word >> 33)) * 0xc4ceb9fe1a85ec53;
        return word ^ (word >> 33);
    }
}
