using System.Globalization;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Images;

/// <summary>The problems that the image API can return. Their codes and statuses are part of the HTTP contract.</summary>
public static class ImageProblems
{
    /// <summary>The number of seconds after which a client should repeat its request for an image that is not ready.</summary>
    public const int PollSeconds = 1;

    private const string Accepted = "JPEG, PNG, GIF and WebP";

    private static readonly IReadOnlyList<string> AcceptedTypes = ImageContentTypes.All;

    public static Problem ImageNotFound(string? id) => new(
        404,
        "image-not-found",
        "There is no such image",
        ImageId.TryParse(id, out _)
            ? $"There is no image {id}, or it belongs to another customer."
            : $"The id is not valid. An image id has {ImageId.Length} characters from {Base32.Alphabet}.");

    public static Problem EmptyBody() => new(
        400, "empty-body", "The body is empty", $"Send the image itself as the body. Accepted formats are {Accepted}.");

    /// <param name="maxBytes">The limit in bytes.</param>
    /// <param name="bytes">
    /// The size of the image. Null when the size is unknown, because the limit was exceeded while the body was being read.
    /// </param>
    public static Problem TooLarge(long maxBytes, long? bytes) => new(
        413,
        "image-too-large",
        "The image is too large",
        bytes is null
            ? string.Create(CultureInfo.InvariantCulture, $"The body exceeds the limit of {maxBytes} bytes.")
            : string.Create(CultureInfo.InvariantCulture, $"The image has {bytes} bytes; the limit is {maxBytes} bytes."))
    {
        Extensions = new Dictionary<string, object?> { ["maxBytes"] = maxBytes },
    };

    /// <param name="options">The limits.</param>
    /// <param name="bytes">
    /// The size of the image. Null when the size is unknown, because the limit was exceeded while the body was being read.
    /// </param>
    public static Problem PostedTooLarge(ImageOptions options, long? bytes)
    {
        var maxBytes = Math.Min(options.MaxPostedBytes, options.MaxBytes);
        var problem = TooLarge(maxBytes, bytes);
        return maxBytes == options.MaxBytes
            ? problem
            : problem with
            {
                Detail = problem.Detail + string.Create(
                    CultureInfo.InvariantCulture,
                    $" Upload an image of up to {options.MaxBytes} bytes directly to storage: POST /api/uploads returns a URL for it."),
            };
    }

    public static Problem UnsupportedContent() =>
        Unsupported($"The first bytes match none of the accepted formats, which are {Accepted}.", null);

    public static Problem UnsupportedContentType(string contentType, string pointer) => Unsupported(
        $"The content type {Quote(contentType)} is not accepted. Send the image itself, not a form, "
        + $"with its own content type or application/octet-stream. Accepted formats are {Accepted}.",
        pointer);

    public static Problem DeclaredSizeInvalid(long bytes) => new(
        422,
        "invalid-body",
        "The body does not match its schema",
        string.Create(CultureInfo.InvariantCulture, $"bytes is {bytes}; send the exact size of the image, which is at least 1."))
    {
        Pointer = "/bytes",
    };

    public static Problem UploadMissing(ImageId id) => new(
        409, "upload-missing", "The image has not been uploaded yet", $"PUT the bytes to the uploadUrl of {id} first, then complete the upload.");

    /// <param name="reason"><c>archived</c> or <c>encrypted</c>.</param>
    public static Problem UploadUnreadable(string reason) => new(
        409,
        "upload-unreadable",
        "The upload cannot be read",
        reason == "archived"
            ? "The upload was in the archive tier. It was removed; start a new one, and PUT the bytes without x-ms-access-tier."
            : "The upload was encrypted with a key of the uploader. It was removed; start a new one, and PUT the bytes without x-ms-encryption-key.")
    {
        Extensions = new Dictionary<string, object?> { ["reason"] = reason },
    };

    public static Problem UploadSizeMismatch(long declared, long actual) => new(
        422,
        "upload-size-mismatch",
        "The upload does not have the declared size",
        string.Create(
            CultureInfo.InvariantCulture, $"{declared} bytes were declared, but {actual} were uploaded. The upload was removed; start a new one."));

    public static Problem UploadContentUnsupported() => Unsupported(
        $"The first bytes of the upload match none of the accepted formats, which are {Accepted}. The upload was removed; start a new one.", null);

    public static Problem UploadTooLarge(long maxBytes, long bytes)
    {
        var problem = TooLarge(maxBytes, bytes);
        return problem with { Detail = problem.Detail + " The upload was removed; start a new one." };
    }

    /// <summary>Reports that the job could not be queued and that the stored original was therefore removed.</summary>
    public static Problem QueueUnavailable() => new(
        503, "queue-unavailable", "The image cannot be processed at the moment", "The image was not stored. Send it again.")
    {
        RetryAfterSeconds = 5,
    };

    /// <summary>Reports that the job could not be queued. The upload is still stored, so the client can complete it again.</summary>
    public static Problem CompletionUnavailable() =>
        QueueUnavailable() with { Detail = "The upload is stored, but its processing could not be queued. Complete the upload again." };

    /// <summary>Explains why a variant does not exist, based on the status of its image.</summary>
    /// <param name="file">The file name in the URL.</param>
    /// <param name="image">The manifest of the image in the URL.</param>
    public static Problem VariantNotFound(string file, ImageManifest image) => image.Status switch
    {
        ImageStatus.Failed => new(
            404,
            "image-failed",
            "This image has no variants",
            image.Error?.Detail ?? "The image could not be processed.")
        {
            Extensions = new Dictionary<string, object?> { ["error"] = image.Error?.Code },
        },
        ImageStatus.Ready => new(
            404,
            "variant-not-found",
            "There is no such variant",
            $"This image has no variant {Quote(file)}. It has {string.Join(", ", image.VariantNames())}.")
        {
            Extensions = new Dictionary<string, object?>
            {
                ["variants"] = image.VariantNames().Select(name => ImageUrls.Variant(image.Id, name)).ToArray(),
            },
        },
        _ => new(
            404,
            "image-not-ready",
            "The image is not ready yet",
            $"The image is {(image.Status == ImageStatus.Processing ? "being processed" : "queued")}; request it again in a moment.")
        {
            RetryAfterSeconds = PollSeconds,
        },
    };

    /// <summary>Reports that the variant was deleted or replaced after it was found but before its content was read.</summary>
    public static Problem VariantGone() => new(
        404,
        "variant-not-found",
        "There is no such variant",
        "The image was deleted or processed again during this request. Repeat the request.");

    /// <param name="hasKeys">Whether the installation has keys for the URLs of sizes.</param>
    public static Problem SizeNotSigned(bool hasKeys) => new(
        403,
        "size-not-signed",
        "The size is not signed",
        hasKeys
            ? "The query parameter s must be the signature of this path with a current key, such as s=k1.<HMAC-SHA256 in base64url>. Get the URL from "
                + "the server of the shop, or request one of the variants that GET /api/images/{id} lists."
            : "This installation makes no sizes on demand, because the setting Images:SizeKeys is empty. Request one of the variants that "
                + "GET /api/images/{id} lists.");

    public static Problem SizeLimitReached(int limit) => new(
        409,
        "size-limit-reached",
        "The image has too many sizes",
        string.Create(CultureInfo.InvariantCulture, $"At most {limit} sizes are made of one image. Request a size that was made before, or a variant."))
    {
        Extensions = new Dictionary<string, object?> { ["limit"] = limit },
    };

    /// <summary>Reports that the size could not be made in time, because other images are being processed.</summary>
    public static Problem SizeUnavailable() => new(
        503, "size-unavailable", "The size cannot be made at the moment", "The app is busy with other images. Request the size again.")
    {
        RetryAfterSeconds = 2,
    };

    private static Problem Unsupported(string detail, string? pointer) =>
        new(415, "unsupported-image-type", "This image type is not accepted", detail)
        {
            Pointer = pointer,
            Extensions = new Dictionary<string, object?> { ["accepted"] = AcceptedTypes },
        };

    /// <summary>
    /// Quotes a value that the client sent, cut off after 100 characters so that a long value does not fill the response.
    /// </summary>
    private static string Quote(string text) => text.Length <= 100 ? $"'{text}'" : $"'{text[..100]}...'";
}
