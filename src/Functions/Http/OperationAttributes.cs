namespace ServerlessScale.Functions.Http;

// These attributes describe an operation in the API description (OpenAPI 3.1). tools/OpenApi reads them from the compiled assembly, together
// with the trigger, the required scope and the documentation comments. Nothing reads them at run time.

/// <summary>Describes the JSON body that the operation requires.</summary>
/// <typeparam name="TBody">The type that the body is deserialized to.</typeparam>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AcceptsAttribute<TBody> : Attribute
{
    /// <summary>Whether a request may have no body.</summary>
    public bool Optional { get; init; }
}

/// <summary>Describes a body that is not JSON.</summary>
/// <param name="mediaTypes">The accepted media types.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AcceptsContentAttribute(params string[] mediaTypes) : Attribute
{
    public string[] MediaTypes { get; } = mediaTypes;
}

/// <summary>Describes a successful response with a JSON body.</summary>
/// <param name="status">The HTTP status code.</param>
/// <typeparam name="TBody">The type that is serialized to the body.</typeparam>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ReturnsAttribute<TBody>(int status) : Attribute
{
    public int Status { get; } = status;

    public string MediaType { get; init; } = "application/json";

    /// <summary>The names of the headers that the response can have. Headers of all responses are not listed.</summary>
    public string[] Headers { get; init; } = [];
}

/// <summary>Describes a successful response without a body.</summary>
/// <param name="status">The HTTP status code.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ReturnsAttribute(int status) : Attribute
{
    public int Status { get; } = status;

    /// <summary>The names of the headers that the response can have. Headers of all responses are not listed.</summary>
    public string[] Headers { get; init; } = [];
}

/// <summary>Describes a successful response whose body is not JSON.</summary>
/// <param name="status">The HTTP status code.</param>
/// <param name="mediaTypes">The media types that the response can have.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ReturnsContentAttribute(int status, params string[] mediaTypes) : Attribute
{
    public int Status { get; } = status;

    public string[] MediaTypes { get; } = mediaTypes;

    /// <summary>The names of the headers that the response can have. Headers of all responses are not listed.</summary>
    public string[] Headers { get; init; } = [];
}

/// <summary>Describes an optional query parameter.</summary>
/// <param name="name">The parameter's name.</param>
/// <param name="description">The parameter's meaning and default.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class QueryParameterAttribute(string name, string description) : Attribute
{
    public string Name { get; } = name;

    public string Description { get; } = description;

    /// <summary>The minimum of an integer. A parameter with neither <see cref="Minimum"/> nor <see cref="Maximum"/> is a string.</summary>
    public int Minimum { get; init; }

    /// <summary>The maximum of an integer.</summary>
    public int Maximum { get; init; }

    /// <summary>The format of a string, such as <c>date-time</c>.</summary>
    public string? Format { get; init; }

    /// <summary>The regular expression (ECMA-262) that a string matches.</summary>
    public string? Pattern { get; init; }

    /// <summary>
    /// The type that lists all values that a string can have: an enumeration with their names in JSON, or a class with string constants.
    /// </summary>
    public Type? ValuesOf { get; init; }
}

/// <summary>Describes a request header. The description of each header is in tools/OpenApi, because it is the same for all operations.</summary>
/// <param name="name">The header's name.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class RequestHeaderAttribute(string name) : Attribute
{
    public string Name { get; } = name;

    public bool Required { get; init; }

    /// <summary>The regular expression (ECMA-262) that the header matches in this operation.</summary>
    public string? Pattern { get; init; }
}

/// <summary>
/// Lists the codes of the problems that the operation itself can return. Problems that follow from other attributes are not listed, such as
/// problems of identity, of JSON bodies and of unavailable dependencies.
/// </summary>
/// <param name="codes">The codes, e.g. <c>order-not-found</c>.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProblemsAttribute(params string[] codes) : Attribute
{
    public string[] Codes { get; } = codes;
}

/// <summary>States that the operation evaluates the conditional headers of RFC 9110 section 13, so that it can respond with 304 and 412.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SupportsConditionsAttribute : Attribute;

/// <summary>States that the operation reads the session cookie <c>sid</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UsesSessionAttribute : Attribute;
