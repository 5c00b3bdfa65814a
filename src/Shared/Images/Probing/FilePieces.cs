namespace ServerlessScale.Shared.Images.Probing;

/// <summary>
/// The parts of an image file that a decoder needs, in order. The probe collects them while it reads the file's structure, so that a decoder
/// receives a flawless file even if the original has superfluous or missing bytes between the parts.
/// </summary>
internal sealed class FilePieces
{
    /// <summary>
    /// The maximum number of pieces. Real files with flaws have a few. The limit bounds the memory for a hostile file with flaws everywhere.
    /// </summary>
    private const int Limit = 1_000;

    private readonly List<Piece> _pieces = [];

    /// <summary>Whether the pieces are consecutive parts of the file and nothing was added, so that the decoder can read the file itself.</summary>
    public bool AreContiguous => _pieces is [{ Added: null, Start: 0 }];

    /// <summary>Keeps the bytes from <paramref name="start"/> up to but not including <paramref name="end"/>.</summary>
    public void Keep(long start, long end)
    {
        if (start >= end)
        {
            return;
        }

        if (_pieces is [.., { Added: null } last] && last.End == start)
        {
            _pieces[^1] = last with { End = end };
            return;
        }

        Append(new Piece(start, end, Added: null));
    }

    public void Add(ReadOnlySpan<byte> bytes) => Append(new Piece(0, bytes.Length, bytes.ToArray()));

    /// <summary>Returns the bytes of all pieces.</summary>
    public byte[] Read(Stream file)
    {
        var bytes = new byte[_pieces.Sum(piece => piece.End - piece.Start)];
        var rest = bytes.AsSpan();
        foreach (var piece in _pieces)
        {
            var part = rest[..(int)(piece.End - piece.Start)];
            rest = rest[part.Length..];
            if (piece.Added is { } added)
            {
                added.CopyTo(part);
                continue;
            }

            file.Position = piece.Start;
            file.ReadExactly(part);
        }

        return bytes;
    }

    private void Append(Piece piece)
    {
        if (_pieces.Count == Limit)
        {
            throw ImageRejections.Corrupt($"The file has superfluous bytes in more than {Limit} places.");
        }

        _pieces.Add(piece);
    }

    private readonly record struct Piece(long Start, long End, byte[]? Added);
}
