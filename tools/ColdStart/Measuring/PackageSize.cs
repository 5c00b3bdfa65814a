using System.IO.Compression;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>The size of a deployment package.</summary>
/// <param name="Bytes">The total size of the published files in bytes.</param>
/// <param name="ZipBytes">The size in bytes of the zip file that a deployment uploads.</param>
internal sealed record PackageSize(long Bytes, long ZipBytes)
{
    /// <param name="directory">The output folder of <c>dotnet publish</c>.</param>
    public static PackageSize Of(string directory)
    {
        var bytes = Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        using var zip = new CountingStream();
        ZipFile.CreateFromDirectory(directory, zip, CompressionLevel.Optimal, includeBaseDirectory: false);
        return new(bytes, zip.Length);
    }

    /// <summary>A stream that counts the written bytes and discards them.</summary>
    private sealed class CountingStream : Stream
    {
        private long _length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => _length += count;

        public override void Write(ReadOnlySpan<byte> buffer) => _length += buffer.Length;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
