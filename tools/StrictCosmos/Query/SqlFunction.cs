namespace ServerlessScale.StrictCosmos.Query;

/// <summary>The system functions that are supported, by their names in the query without underscores.</summary>
internal enum SqlFunction
{
    IsDefined,
    StartsWith,
    Contains,
    ArrayContains,
}
