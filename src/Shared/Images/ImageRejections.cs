namespace ServerlessScale.Shared.Images;

/// <summary>The reasons for which an image is rejected, each with its stable code.</summary>
internal static class ImageRejections
{
    public static ImageRejectedException Unsupported(string what) =>
        new("image-unsupported", $"{what} Send a JPEG, PNG, GIF or WebP image.");

    public static ImageRejectedException Truncated(string format) =>
        new("image-truncated", $"The {format} file ends before the image does. Send the whole file.");

    public static ImageRejectedException Corrupt(string what, Exception? innerException = null) =>
        new("image-corrupt", $"{what} Save the image again and send that.", innerException);

    public static ImageRejectedException TooLarge(long bytes, long limit) =>
        new("image-too-large", $"The file has {bytes} bytes; the limit is {limit}. Send a smaller one.");

    public static ImageRejectedException TooManyFrames(int limit) =>
        new("image-too-many-frames", $"The animation has more than {limit} frames. Send a shorter one.");

    /// <summary>Checks what a header claims, so that nothing is allocated or decoded for it first.</summary>
    /// <exception cref="ImageRejectedException"><c>image-corrupt</c> or <c>image-too-many-pixels</c>.</exception>
    public static void CheckSize(long width, long height, ImageOptions limits)
    {
        if (width == 0 || height == 0)
        {
            throw Corrupt($"The image claims to be {width} x {height} pixels.");
        }

        // No side over 65,535 either: it is what JPEG can say, and row sizes in bytes stay far from overflowing an int.
        if (width > ushort.MaxValue || height > ushort.MaxValue || width * height > limits.MaxPixels)
        {
            throw new ImageRejectedException(
                "image-too-many-pixels",
                $"The image claims to be {width} x {height} pixels; the limits are {limits.MaxPixels} pixels in all and {ushort.MaxValue} a side. Send a smaller one.");
        }
    }
}
