using System.Buffers.Binary;
using System.Text;
using ServerlessScale.Bench.Images.Files;

namespace ServerlessScale.Bench.Images.Fuzz;

/// <summary>Damages sound files. The same seed and number always give the same file.</summary>
internal static class Mutator
{
    private static readonly uint[] Extremes = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, uint.MaxValue];

    /// <returns>The name of the sound file and the damaged file.</returns>
    public static (string Name, byte[] File) Create(int seed, int number)
    {
        var random = new Random(HashCode(seed, number));
        var (name, file) = GoodFiles.All[random.Next(GoodFiles.All.Count)];
        var bytes = file.ToList();
        for (var changes = 1 + random.Next(4); changes > 0 && bytes.Count > 0; changes--)
        {
            Change(bytes, random);
        }

        byte[] damaged = [.. bytes];
        if (name.StartsWith("png", StringComparison.Ordinal) && random.Next(4) > 0)
        {
            // Most damages would otherwise be found by the checksums, and no decoder would see the damaged content.
            CorrectChecksums(damaged);
        }

        return (name, damaged);
    }

    /// <summary>Mixes the seed and the number. The hash codes of .NET differ between processes, so that they cannot be used.</summary>
    private static int HashCode(int seed, int number)
    {
        var hash = ((ulong)(uint)seed << 32) | (uint)number;
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return (int)(hash ^ (hash >> 31));
    }

    private static void Change(List<byte> bytes, Random random)
    {
        // Half of the changes are in the first tenth, where the headers are.
        var at = random.Next(random.Next(2) == 0 ? Math.Max(1, bytes.Count / 10) : bytes.Count);
        var length = Math.Min(bytes.Count - at, 1 + random.Next(random.Next(2) == 0 ? 8 : 200));
        switch (random.Next(9))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                Overwrite(bytes, at, Number(random));
                break;
            case 3:
                bytes.RemoveRange(at, length);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 5:
                bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), length));
                break;
            case 6:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 7:
                Overwrite(bytes, at, [.. Enumerable.Range(0, length).Select(_ => (byte)random.Next(256))]);
                break;
            default:
                var other = GoodFiles.All[random.Next(GoodFiles.All.Count)].File;
                var start = random.Next(other.Length);
                bytes.InsertRange(at, other.AsSpan(start, Math.Min(length, other.Length - start)));
                break;
        }
    }

    private static byte[] Number(Random random)
    {
        var number = new byte[4];
        var value = Extremes[random.Next(Extremes.Length)];
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(number, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(number, value);
        }

        return random.Next(2) == 0 ? number : random.Next(2) == 0 ? number[..2] : number[2..];
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] content)
    {
        for (var i = 0; i < content.Length && at + i < bytes.Count; i++)
        {
            bytes[at + i] = content[i];
        }
    }

    private static void CorrectChecksums(byte[] png)
    {
        const int Signature = 8;
        const int Overhead = 12;
        for (var at = Signature; at + Overhead <= png.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at));
            if (length > png.Length - at - Overhead)
            {
                return;
            }

            var chunk = HandMadePng.Chunk(Encoding.Latin1.GetString(png, at + 4, 4), png[(at + 8)..(at + 8 + (int)length)]);
            chunk.CopyTo(png, at);
            at += chunk.Length;
        }
    }
}
