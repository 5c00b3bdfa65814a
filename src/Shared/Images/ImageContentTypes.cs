namespace ServerlessScale.Shared.Images;

/// <summary>The media types of the images that clients may upload.</summary>
public static class ImageContentTypes
{
    public const string Jpeg = "image/jpeg";

    public const string Png = "image/png";

    public const string Gif = "image/gif";

    public const string Webp = "image/webp";

    public static IReadOnlyList<string> All { get; } = [Jpeg, Png, Gif, Webp];
}
