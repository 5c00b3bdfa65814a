namespace ServerlessScale.Shared.Problems;

/// <summary>
/// A problem document (RFC 9457): what was wrong, where, and what the client can do about it. The <paramref name="Code"/> becomes the
/// stable <c>type</c> <c>https://serverlessscale.dev/problems/{code}</c>, by which clients can tell problems apart.
/// </summary>
/// <param name="Status">The HTTP status code, 400 to 599.</param>
/// <param name="Code">A stable, machine-readable code in kebab case, for example <c>image-too-large</c>.</param>
/// <param name="Title">A short summary, the same for every occurrence of the code.</param>
/// <param name="Detail">A description of this occurrence: which value was wrong, and what to send instead.</param>
public sealed record Problem(int Status, string Code, string Title, string Detail)
{
    /// <summary>The absolute URI with which every <c>type</c> begins.</summary>
    public const string TypeBase = "https://serverlessscale.dev/problems/";

    /// <summary>The place of the fault: a JSON Pointer (RFC 6901), a header or a query parameter. Null when the fault is in the request as a whole.</summary>
    public string? Pointer { get; init; }

    /// <summary>The seconds for the <c>Retry-After</c> header (RFC 9110 section 10.2.3). Null omits the header.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Extension members of the document, for example the limit that was exceeded. The names are in camelCase.</summary>
    public IReadOnlyDictionary<string, object?>? Extensions { get; init; }

    public string Type => TypeBase + Code;
}
