using System.Globalization;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Images;

/// <summary>Everything that image requests can be refused for, in one place: the codes are part of the contract.</summary>
public static class ImageProblems
{
    private const string Accepted = "JPEG, PNG, GIF and WebP";

    /// <summary>Seconds after which a client should ask again for what is still being made.</summary>
    public const int PollSeconds = 1;

    private static readonly string[] AcceptedTypes = ["image/jpeg", "image/png", "image/gif", "image/webp"];

    public static Problem ImageNotFound(string? id) => new(
        404,
        "image-not-found",
        "There is no such image",
        ImageId.TryParse(id, out _)
            ? $"There is no image {id}, or it is not yours."
            : $"This is not an image id: an id has {ImageId.Length} characters of {Base32.Alphabet}.");

    public static Problem EmptyBody() => new(
        400, "empty-body", "The body is empty", $"Send the image itself as the body: {Accepted}.");

    public static Problem TooLarge(long maxBytes, long? bytes) => new(
        413,
        "image-too-large",
        "The image is too large",
        bytes is null
            ? string.Create(CultureInfo.InvariantCulture, $"The body has more than the {maxBytes} bytes that are accepted.")
            : string.Create(CultureInfo.InvariantCulture, $"The image has {bytes} bytes; at most {maxBytes} are accepted."))
    {
        Extensions = new Dictionary<string, object?> { ["maxBytes"] = maxBytes },
    };

    public static Problem UnsupportedContent() => Unsupported($"The first bytes are not those of an image that is accepted: {Accepted}.", null);

    public static Problem UnsupportedContentType(string contentType, string pointer) => Unsupported(
        $"The content type {Quote(contentType)} is not accepted: send {Accepted} as the plain body, with its own image type "
        + "or application/octet-stream (not as a form).",
        pointer);

    public static Problem DeclaredSizeInvalid(long bytes) => new(
        422,
        "invalid-body",
        "The body does not fit its schema",
        string.Create(CultureInfo.InvariantCulture, $"bytes is {bytes}; send the exact size of the image, 1 or more."))
    {
        Pointer = "/bytes",
    };

    public static Problem UploadMissing(ImageId id) => new(
        409, "upload-missing", "The image was not uploaded yet", $"PUT the bytes to the uploadUrl of {id} first, then complete it.");

    public static Problem UploadSizeMismatch(long declared, long actual) => new(
        422,
        "upload-size-mismatch",
        "The upload does not have the declared size",
        string.Create(
            CultureInfo.InvariantCulture, $"{declared} bytes were declared, {actual} were uploaded. The upload was removed: start a new one."));

    public static Problem UploadContentUnsupported() => Unsupported(
        $"The uploaded bytes are not those of an image that is accepted: {Accepted}. The upload was removed: start a new one.", null);

    public static Problem UploadTooLarge(long maxBytes, long bytes)
    {
        var problem = TooLarge(maxBytes, bytes);
        return problem with { Detail = problem.Detail + " The upload was removed: start a new one." };
    }

    /// <summary>The job could not be queued, so the upload was taken back.</summary>
    public static Problem QueueUnavailable() => new(
        503, "queue-unavailable", "The image cannot be processed at the moment", "Nothing was kept; send the image again.")
    {
        RetryAfterSeconds = 5,
    };

    /// <summary>The upload stays as it is: only its job could not be queued.</summary>
    public static Problem CompletionUnavailable() => QueueUnavailable() with { Detail = "The upload was kept; complete it again." };

    /// <param name="file">As in the URL.</param>
    /// <param name="image">Its image.</param>
    public static Problem VariantNotFound(string file, ImageManifest image) => image.Status switch
    {
        ImageStatus.Failed => new(
            404,
            "image-failed",
            "There are no variants of this image",
            image.Error?.Detail ?? "The image could not be processed.")
        {
            Extensions = new Dictionary<string, object?> { ["error"] = image.Error?.Code },
        },
        ImageStatus.Ready => new(
            404,
            "variant-not-found",
            "There is no such variant",
            $"There is no {Quote(file)} of this image. There are: {string.Join(", ", image.Variants.Select(v => v.Name()))}.")
        {
            Extensions = new Dictionary<string, object?>
            {
                ["variants"] = image.Variants.Select(v => VariantUrl(image.Id, v.Name())).ToArray(),
            },
        },
        _ => new(404, "image-not-ready", "The image is not ready yet", $"The image is {StatusWord(image.Status)}; ask again in a moment.")
        {
            RetryAfterSeconds = PollSeconds,
        },
    };

    /// <summary>It was there a moment ago.</summary>
    public static Problem VariantGone() => new(
        404, "variant-not-found", "There is no such variant", "The image was deleted or written anew at this moment; ask again.");

    /// <summary>The path of a variant, as clients see it.</summary>
    public static string VariantUrl(string id, VariantName name) => $"/images/{id}/{name}";

    private static string StatusWord(ImageStatus status) => status == ImageStatus.Processing ? "being processed" : "queued";

    private static Problem Unsupported(string detail, string? pointer) =>
        new(415, "unsupported-image-type", "This is not an image type that is accepted", detail)
        {
            Pointer = pointer,
            Extensions = new Dictionary<string, object?> { ["accepted"] = AcceptedTypes },
        };

    /// <summary>What a client sent is repeated to it, but not at any length.</summary>
    private static string Quote(string text) => text.Length <= 100 ? $"'{text}'" : $"'{text[..100]}...'";
}
