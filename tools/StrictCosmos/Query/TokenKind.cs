namespace ServerlessScale.StrictCosmos.Query;

internal enum TokenKind
{
    Identifier,
    Keyword,
    Parameter,
    Number,
    Text,
    Symbol,
    End,
}
