namespace ServerlessScale.Shared.Images;

/// <summary>An upload that can never become variants. Its job ends as <c>failed</c> at once, without retries.</summary>
/// <param name="code">Stable kebab-case code for the manifest's <c>error.code</c>, e.g. <c>image-truncated</c>.</param>
/// <param name="detail">What was wrong and what to send instead, for the uploader.</param>
public sealed class ImageRejectedException(string code, string detail, Exception? innerException = null)
    : Exception(detail, innerException)
{
    public string Code { get; } = code;
}
