using System.Buffers.Binary;

namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>
/// Creates resource ids (<c>_rid</c>) in the form that the SDK parses. This form is base64 with '-' instead of '/'. The id of a database
/// has four bytes. The id of a container has four more bytes, whose highest bit is set. The id of a document or a partition key range has
/// another eight bytes.
/// </summary>
internal static class ResourceId
{
    private const byte ContainerMark = 0x80;
    private const byte PartitionKeyRangeMark = 0x50;

    public static string Database(uint number)
    {
        Span<byte> id = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(id, number);
        return Encode(id);
    }

    public static string Container(uint database, uint number)
    {
        Span<byte> id = stackalloc byte[8];
        WriteContainer(id, database, number);
        return Encode(id);
    }

    public static string Document(uint database, uint container, ulong number) => Child(database, container, number, 0);

    public static string PartitionKeyRange(uint database, uint container, ulong number) =>
        Child(database, container, number, PartitionKeyRangeMark);

    private static string Child(uint database, uint container, ulong number, byte mark)
    {
        Span<byte> id = stackalloc byte[16];
        WriteContainer(id, database, container);
        BinaryPrimitives.WriteUInt64LittleEndian(id[8..], number);
        id[15] |= mark;
        return Encode(id);
    }

    private static void WriteContainer(Span<byte> id, uint database, uint number)
    {
        BinaryPrimitives.WriteUInt32BigEndian(id, database);
        BinaryPrimitives.WriteUInt32BigEndian(id[4..], number);
        id[4] |= ContainerMark;
    }

    private static string Encode(ReadOnlySpan<byte> id) => Convert.ToBase64String(id).Replace('/', '-');
}
