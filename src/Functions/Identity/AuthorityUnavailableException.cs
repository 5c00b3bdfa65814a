namespace ServerlessScale.Functions.Identity;

/// <summary>Tokens can be neither accepted nor refused: the authority's keys could not be read.</summary>
internal sealed class AuthorityUnavailableException(Exception innerException)
    : Exception("The authority's keys could not be read.", innerException);
