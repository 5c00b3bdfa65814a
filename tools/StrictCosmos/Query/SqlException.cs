namespace ServerlessScale.StrictCosmos.Query;

/// <summary>Text that is not SQL, or SQL outside of the subset that is supported here.</summary>
internal sealed class SqlException(string message) : Exception(message);
