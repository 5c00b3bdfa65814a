namespace ServerlessScale.StrictCosmos.Query;

/// <param name="Text">Keywords in upper case; texts without quotes and escapes; parameters with their '@'.</param>
/// <param name="Start">Offset in the query.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Start, int End)
{
    public bool Is(string symbolOrKeyword) => Kind is TokenKind.Symbol or TokenKind.Keyword && Text == symbolOrKeyword;
}
