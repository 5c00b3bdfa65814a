using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ServerlessScale.Functions.Page;

/// <summary>
/// The files of the page and of the API reference, which the build copies into the <c>page</c> folder beside the app. Each file is opened when
/// it is requested, so that a start does no work for the page. The build also writes compressed forms of the text files, so that no request
/// compresses a file. Of the scripts of the API reference, the folder contains only the compressed form, because the package must be small.
/// </summary>
public sealed class PageFiles
{
    /// <summary>The media types of the files that the page's build can create. A file with another extension is not served.</summary>
    private static readonly Dictionary<string, string> ContentTypes = new(StringComparer.Ordinal)
    {
        [".css"] = "text/css; charset=utf-8",
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    private static readonly (string Coding, string Extension)[] Codings = [("br", ".br"), ("gzip", ".gz")];

    private readonly string _folder;

    public PageFiles()
        : this(Path.Combine(AppContext.BaseDirectory, "page"))
    {
    }

    internal PageFiles(string folder) => _folder = folder;

    /// <summary>Opens a document, whose entity tag depends on its content.</summary>
    /// <param name="name">The document's name, such as <c>index.html</c>.</param>
    /// <param name="request">The request, whose <c>Accept-Encoding</c> selects the form of the file.</param>
    /// <returns>Null if this build of the app does not contain the document.</returns>
    internal PageFile? OpenDocument(string name, HttpRequest request)
    {
        if (Open(name, request) is not { } file)
        {
            return null;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(file.Content)[..8]);
        file.Content.Position = 0;
        return file with { ETag = Tag(hash, file.Coding) };
    }

    /// <summary>Opens an asset. Its name contains a hash of its content, so the name also serves as the entity tag.</summary>
    /// <param name="name">The name from the request's path.</param>
    /// <param name="request">The request, whose <c>Accept-Encoding</c> selects the form of the file.</param>
    /// <returns>Null if there is no such asset.</returns>
    internal PageFile? OpenAsset(string name, HttpRequest request) =>
        IsPlainName(name) && Open(Path.Combine("assets", name), request) is { } file ? file with { ETag = Tag(name, file.Coding) } : null;

    private PageFile? Open(string path, HttpRequest request)
    {
        if (!ContentTypes.TryGetValue(Path.GetExtension(path), out var contentType))
        {
            return null;
        }

        var accepted = request.GetTypedHeaders().AcceptEncoding;
        foreach (var (coding, extension) in Codings)
        {
            if (Accepts(accepted, coding) && OpenFile(path + extension) is { } compressed)
            {
                return new(compressed, contentType, coding) { LastModified = LastWriteOf(compressed) };
            }
        }

        if (OpenFile(path) is { } content)
        {
            return new(content, contentType, null) { LastModified = LastWriteOf(content) };
        }

        using var only = OpenFile(path + ".br");
        return only is null ? null : new(Decompress(only), contentType, null) { LastModified = LastWriteOf(only) };
    }

    /// <summary>Decompresses a file for a client that does not accept Brotli, which hardly any client does over TLS.</summary>
    private static MemoryStream Decompress(FileStream compressed)
    {
        using var brotli = new BrotliStream(compressed, CompressionMode.Decompress, leaveOpen: true);
        var content = new MemoryStream();
        brotli.CopyTo(content);
        content.Position = 0;
        return content;
    }

    private static DateTimeOffset LastWriteOf(FileStream file) => File.GetLastWriteTimeUtc(file.SafeFileHandle);

    private FileStream? OpenFile(string path)
    {
        var file = new FileInfo(Path.Combine(_folder, path));
        return file.Exists ? file.OpenRead() : null;
    }

    /// <summary>
    /// Returns whether the name consists of ASCII letters, digits, hyphens, underscores and dots, and begins with a letter or a digit. Such a
    /// name cannot leave the folder.
    /// </summary>
    private static bool IsPlainName(string name) =>
        name.Length is > 0 and <= 100 && char.IsAsciiLetterOrDigit(name[0])
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.');

    private static bool Accepts(IList<StringWithQualityHeaderValue> accepted, string coding) =>
        (Find(accepted, coding) ?? Find(accepted, "*")) is { } found && found.Quality is not 0;

    private static StringWithQualityHeaderValue? Find(IList<StringWithQualityHeaderValue> accepted, string coding) =>
        accepted.FirstOrDefault(value => value.Value.Equals(coding, StringComparison.OrdinalIgnoreCase));

    // Each form of a file is a representation of its own, so it needs an entity tag of its own (RFC 9110 section 8.8.3.3).
    private static EntityTagHeaderValue Tag(string name, string? coding) => new(coding is null ? $"\"{name}\"" : $"\"{name}.{coding}\"");
}

/// <param name="Content">The bytes in the selected form. The recipient disposes the stream.</param>
/// <param name="ContentType">The media type of the uncompressed file.</param>
/// <param name="Coding">The value of <c>Content-Encoding</c>; null for the uncompressed file.</param>
internal sealed record PageFile(Stream Content, string ContentType, string? Coding)
{
    public EntityTagHeaderValue ETag { get; init; } = EntityTagHeaderValue.Any;

    public required DateTimeOffset LastModified { get; init; }
}
