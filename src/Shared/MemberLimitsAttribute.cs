namespace ServerlessScale.Shared;

/// <summary>
/// States the limits of a JSON object whose member names the client chooses. tools/OpenApi reads this attribute from the compiled assembly.
/// Nothing reads it at run time.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MemberLimitsAttribute : Attribute
{
    /// <summary>The maximum length of a name in characters.</summary>
    public required int MaxNameLength { get; init; }

    /// <summary>The regular expression (ECMA-262) that a name matches.</summary>
    public required string NamePattern { get; init; }

    /// <summary>The maximum length of a value in characters.</summary>
    public required int MaxValueLength { get; init; }

    /// <summary>The regular expression (ECMA-262) that a value matches.</summary>
    public required string ValuePattern { get; init; }
}
