namespace ServerlessScale.Edge.Reading;

/// <summary>Something in a rules file that is wrong.</summary>
/// <param name="Pointer">Where (RFC 6901).</param>
/// <param name="Message">What, and what is allowed instead.</param>
internal sealed record RuleFault(string Pointer, string Message);
