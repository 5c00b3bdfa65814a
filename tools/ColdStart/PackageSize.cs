using System.IO.Compression;

namespace ServerlessScale.ColdStart;

/// <summary>A published app, in bytes.</summary>
/// <param name="Zipped">As it is uploaded.</param>
/// <param name="Unpacked">As an instance has it.</param>
internal sealed record PackageSize(long Zipped, long Unpacked)
{
    public static async Task<PackageSize> OfAsync(string directory, CancellationToken cancellationToken)
    {
        var zip = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await ZipFile.CreateFromDirectoryAsync(directory, zip, cancellationToken);
            return new(
                new FileInfo(zip).Length,
                new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length));
        }
        finally
        {
            File.Delete(zip);
        }
    }
}
