namespace ServerlessScale.Shared.Problems;

/// <summary>
/// A problem document (RFC 9457): what was wrong, where, and what to do. The <paramref name="Code"/> becomes the
/// stable <c>type</c> <c>https://serverlessscale.dev/problems/{code}</c>, so clients can switch on it.
/// </summary>
/// <param name="Status">HTTP status code, 400 to 599.</param>
/// <param name="Code">Stable machine-readable code in kebab case, e.g. <c>image-too-large</c>.</param>
/// <param name="Title">Short summary, the same for every occurrence of the code.</param>
/// <param name="Detail">This occurrence: the value that was wrong and what to send instead.</param>
public sealed record Problem(int Status, string Code, string Title, string Detail)
{
    /// <summary>The absolute URI that all <c>type</c> members start with.</summary>
    public const string TypeBase = "https://serverlessscale.dev/problems/";

    /// <summary>Where the fault is: a JSON Pointer (RFC 6901), a header or a query parameter. Null when it is the request as a whole.</summary>
    public string? Pointer { get; init; }

    /// <summary>Seconds for the <c>Retry-After</c> header (RFC 9110 section 10.2.3); null leaves it out.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Further members of the document, e.g. the limit that was exceeded; names in camelCase.</summary>
    public IReadOnlyDictionary<string, object?>? Extensions { get; init; }

    public string Type => TypeBase + Code;
}
