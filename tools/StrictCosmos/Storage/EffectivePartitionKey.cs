using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>
/// Computes the hash of a partition key, which determines the physical partition of an item. The SDK computes the same hash (version 2).
/// The hash is a string with 32 upper-case hexadecimal digits per level. Each level of a hierarchical key (MultiHash) is hashed separately.
/// </summary>
internal static class EffectivePartitionKey
{
    public const string RingStart = "";
    public const string RingEnd = "FF";

    private const byte Undefined = 0x00;
    private const byte Null = 0x01;
    private const byte False = 0x02;
    private const byte True = 0x03;
    private const byte Number = 0x05;
    private const byte String = 0x08;
    private const byte StringEnd = 0xFF;

    /// <param name="components">A scalar for each level. A component is undefined when the item does not have the property.</param>
    public static string Of(IReadOnlyList<JsonElement> components)
    {
        if (components.Count == 1)
        {
            return Hash(components[0]);
        }
        var levels = new StringBuilder(components.Count * MurmurHash3.HashBytes * 2);
        foreach (var component in components)
        {
            levels.Append(Hash(component));
        }
        return levels.ToString();
    }

    /// <returns>The exclusive end of the range that contains all keys with the prefix.</returns>
    public static string EndOfPrefix(string prefix) => prefix + RingEnd;

    private static string Hash(JsonElement component)
    {
        Span<byte> hash = stackalloc byte[MurmurHash3.HashBytes];
        MurmurHash3.Hash128(Encode(component), hash);
        hash.Reverse();
        // The two highest bits are cleared so that RingEnd ("FF") is greater than every hash.
        hash[0] &= 0x3F;
        return Convert.ToHexString(hash);
    }

    private static byte[] Encode(JsonElement component)
    {
        switch (component.ValueKind)
        {
            case JsonValueKind.Undefined:
                return [Undefined];
            case JsonValueKind.Null:
                return [Null];
            case JsonValueKind.False:
                return [False];
            case JsonValueKind.True:
                return [True];
            case JsonValueKind.Number:
                var number = new byte[1 + sizeof(double)];
                number[0] = Number;
                BinaryPrimitives.WriteDoubleLittleEndian(number.AsSpan(1), component.GetDouble());
                return number;
            case JsonValueKind.String:
                return [String, .. Encoding.UTF8.GetBytes(component.GetString()!), StringEnd];
            default:
                throw new ArgumentException("A partition key consists of scalars.", nameof(component));
        }
    }
}

/// <summary>Computes MurmurHash3 (Austin Appleby, public domain) with seed 0, in the 128-bit variant for 64-bit machines.</summary>
internal static class MurmurHash3
{
    public const int HashBytes = 16;

    private const ulong C1 = 0x87c37b91114253d5;
    private const ulong C2 = 0x4cf5ad432745937f;

    /// <summary>Writes the hash as two little-endian 64-bit words. The low word comes first.</summary>
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

        // If the tail is padded with zeros, it produces the same words as the byte-by-byte switch in the reference implementation.
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
