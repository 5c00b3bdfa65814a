using System.Globalization;

namespace ServerlessScale.Shared.Images.Probing;

/// <summary>
/// The exception that is thrown when an image can never be rendered. The image's job then ends with the status <c>failed</c> and is not
/// retried.
/// </summary>
/// <param name="code">A stable kebab-case code for the manifest's <c>error.code</c>, e.g. <c>image-truncated</c>.</param>
/// <param name="detail">A description of the problem and its remedy, addressed to the uploader.</param>
public sealed class ImageRejectedException(string code, string detail, Exception? innerException = null)
    : Exception(detail, innerException)
{
    public string Code { get; } = code;
}

/// <summary>Creates the exceptions for rejected images. Each reason for a rejection has its own stable code.</summary>
internal static class ImageRejections
{
    public const string TruncatedCode = "image-truncated";

    /// <param name="reason">The reason as a full sentence.</param>
    public static ImageRejectedException Unsupported(string reason) =>
        new("image-unsupported", $"{reason} Send a JPEG, PNG, GIF or WebP image.");

    /// <param name="format">The name of the format.</param>
    /// <param name="present">The part of the file that is there, as a clause.</param>
    public static ImageRejectedException Truncated(string format, string present) =>
        new(TruncatedCode, $"The {format} file is incomplete: {present}. Send the complete file.");

    /// <param name="format">The name of the format.</param>
    /// <param name="share">The share of the pixels that is there, from 0 to 1.</param>
    public static ImageRejectedException Truncated(string format, double share) =>
        Truncated(format, string.Create(CultureInfo.InvariantCulture, $"it contains about {Math.Clamp(Math.Floor(share * 100), 0, 99)} % of its pixels"));

    /// <param name="reason">The reason as a full sentence.</param>
    public static ImageRejectedException Corrupt(string reason, Exception? innerException = null) =>
        new("image-corrupt", $"{reason} Save the image again and send the new file.", innerException);

    public static ImageRejectedException TooLarge(long bytes, long limit) =>
        new("image-too-large", $"The file has {bytes} bytes; the limit is {limit}. Send a smaller file.");

    public static ImageRejectedException TooManyFrames(int limit) =>
        new("image-too-many-frames", $"The animation has more than {limit} frames. Send a shorter animation.");

    /// <summary>
    /// Checks the memory for an image that cannot be decoded row by row. The limit of pixels assumes four bytes per pixel.
    /// </summary>
    /// <exception cref="ImageRejectedException"><c>image-too-many-pixels</c>.</exception>
    public static void CheckMemory(long width, long height, int bytesPerPixel, ImageOptions limits)
    {
        const int AssumedBytes = 4;
        if (width * height * bytesPerPixel > limits.MaxPixels * AssumedBytes)
        {
            throw new ImageRejectedException(
                "image-too-many-pixels",
                $"The image is interlaced and claims to be {width} x {height} pixels of {bytesPerPixel} bytes; the limit for such an image is "
                + $"{limits.MaxPixels * AssumedBytes / bytesPerPixel} pixels. Send a smaller image.");
        }
    }

    /// <summary>Checks the width and height in an image's header before memory for the pixels is allocated.</summary>
    /// <exception cref="ImageRejectedException"><c>image-corrupt</c> or <c>image-too-many-pixels</c>.</exception>
    public static void CheckSize(long width, long height, ImageOptions limits)
    {
        if (width == 0 || height == 0)
        {
            throw Corrupt($"The image claims to be {width} x {height} pixels.");
        }

        // 65,535 is the largest width or height that JPEG can represent. The limit also ensures that the size of a row in bytes cannot
        // overflow an int.
        if (width > ushort.MaxValue || height > ushort.MaxValue || width * height > limits.MaxPixels)
        {
            throw new ImageRejectedException(
                "image-too-many-pixels",
                $"The image claims to be {width} x {height} pixels; the limits are {limits.MaxPixels} pixels in total "
                + $"and {ushort.MaxValue} pixels per side. Send a smaller image.");
        }
    }
}
