using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>
/// Where a partition key lies on the ring of hashes, in the form that the SDK computes too: upper-case hexadecimal,
/// 32 digits a level, compared as text. Version 2 hashing; a hierarchical key (MultiHash) hashes each level by itself.
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

    /// <param name="components">One scalar for each level; an undefined element stands for a level that the item lacks.</param>
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

    /// <returns>The end, exclusive, of the range in which every key lies that begins with these levels.</returns>
    public static string EndOfPrefix(string prefix) => prefix + RingEnd;

    private static string Hash(JsonElement component)
    {
        Span<byte> hash = stackalloc byte[MurmurHash3.HashBytes];
        MurmurHash3.Hash128(Encode(component), hash);
        hash.Reverse();
        // The two top bits are kept clear, so that "FF" lies above every hash.
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
                throw new ArgumentException("A partition key is made of scalars.", nameof(component));
        }
    }
}
