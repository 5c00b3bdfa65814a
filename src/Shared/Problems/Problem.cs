namespace ServerlessScale.Shared.Problems;

/// <summary>
/// A problem document (RFC 9457). It states what went wrong, where in the request, and what the client can do about it. Clients
/// distinguish problems by their <c>type</c>: <c>https://serverlessscale.dev/problems/</c> followed by <paramref name="Code"/>.
/// </summary>
/// <param name="Status">The HTTP status code, 400 to 599.</param>
/// <param name="Code">A stable, machine-readable code in kebab case, for example <c>image-too-large</c>.</param>
/// <param name="Title">A short summary, which is the same for every problem with this code.</param>
/// <param name="Detail">A description of this occurrence, including the wrong value and what to send instead.</param>
public sealed record Problem(int Status, string Code, string Title, string Detail)
{
    /// <summary>The prefix of every <c>type</c>. It makes the <c>type</c> an absolute URI.</summary>
    public const string TypeBase = "https://serverlessscale.dev/problems/";

    /// <summary>
    /// The location of the error: a JSON Pointer (RFC 6901) or the name of a header or query parameter. Null when the error concerns the
    /// entire request.
    /// </summary>
    public string? Pointer { get; init; }

    /// <summary>
    /// The value of the <c>Retry-After</c> header in seconds (RFC 9110 section 10.2.3). When it is null, the header is omitted.
    /// </summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>The extension members of the document, for example the limit that was exceeded. Their names are in camelCase.</summary>
    public IReadOnlyDictionary<string, object?>? Extensions { get; init; }

    public string Type => TypeBase + Code;
}
