using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace ServerlessScale.StrictCosmos.Query;

/// <summary>
/// Splits a query into tokens. Keywords are reserved, as in Azure. A property whose name is a keyword must therefore be written in
/// brackets, for example <c>c["order"]</c>.
/// </summary>
internal static class SqlLexer
{
    private static readonly FrozenSet<string> Keywords = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "AND", "ARRAY", "AS", "ASC", "BETWEEN", "BY", "DESC", "DISTINCT", "ESCAPE", "EXISTS", "FALSE", "FROM", "GROUP", "IN",
        "JOIN", "LEFT", "LIKE", "LIMIT", "NOT", "NULL", "OFFSET", "OR", "ORDER", "RANK", "RIGHT", "SELECT", "TOP", "TRUE",
        "UDF", "UNDEFINED", "VALUE", "WHERE");

    private static readonly string[] Symbols =
        ["<=", ">=", "=", "<", ">", "[", "]", "{", "}", ",", ".", "*", ":", "-"];

    /// <exception cref="SqlException">The query contains a character that is not part of a valid token.</exception>
    public static List<Token> Split(string query)
    {
        var tokens = new List<Token>();
        var at = 0;
        while (true)
        {
            while (at < query.Length && char.IsWhiteSpace(query[at]))
            {
                at++;
            }
            if (at == query.Length)
            {
                tokens.Add(new Token(TokenKind.End, "", at, at));
                return tokens;
            }
            var token = Next(query, at);
            tokens.Add(token);
            at = token.End;
        }
    }

    private static Token Next(string query, int start)
    {
        var first = query[start];
        if (IsWordStart(first))
        {
            var end = EndOfWord(query, start);
            var word = query[start..end];
            return Keywords.Contains(word)
                ? new Token(TokenKind.Keyword, word.ToUpperInvariant(), start, end)
                : new Token(TokenKind.Identifier, word, start, end);
        }
        if (first == '@' && start + 1 < query.Length && IsWordStart(query[start + 1]))
        {
            var end = EndOfWord(query, start + 1);
            return new Token(TokenKind.Parameter, query[start..end], start, end);
        }
        if (char.IsAsciiDigit(first))
        {
            return Number(query, start);
        }
        if (first is '\'' or '"')
        {
            return Text(query, start);
        }
        foreach (var symbol in Symbols)
        {
            if (string.CompareOrdinal(query, start, symbol, 0, symbol.Length) == 0)
            {
                return new Token(TokenKind.Symbol, symbol, start, start + symbol.Length);
            }
        }
        throw new SqlException($"The character '{first}' at offset {start} is not supported.");
    }

    private static Token Number(string query, int start)
    {
        var end = start;
        while (end < query.Length && (char.IsAsciiLetterOrDigit(query[end]) || query[end] == '.'
            || (query[end] is '+' or '-' && query[end - 1] is 'e' or 'E')))
        {
            end++;
        }
        var text = query[start..end];
        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out _))
        {
            throw new SqlException($"'{text}' at offset {start} is not a number.");
        }
        return new Token(TokenKind.Number, text, start, end);
    }

    private static Token Text(string query, int start)
    {
        var quote = query[start];
        var text = new StringBuilder();
        for (var at = start + 1; at < query.Length; at++)
        {
            if (query[at] == quote)
            {
                return new Token(TokenKind.Text, text.ToString(), start, at + 1);
            }
            if (query[at] != '\\')
            {
                text.Append(query[at]);
                continue;
            }
            at++;
            if (at < query.Length && query[at] == 'u' && at + 4 < query.Length
                && ushort.TryParse(query.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                text.Append((char)unit);
                at += 4;
                continue;
            }
            text.Append((at < query.Length ? query[at] : '\0') switch
            {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\b',
                'f' => '\f',
                '\\' => '\\',
                '/' => '/',
                '\'' => '\'',
                '"' => '"',
                _ => throw new SqlException($"The escape sequence at offset {at - 1} is unknown."),
            });
        }
        throw new SqlException($"The string that begins at offset {start} is not terminated.");
    }

    private static bool IsWordStart(char character) => char.IsAsciiLetter(character) || character == '_';

    private static int EndOfWord(string query, int start)
    {
        var end = start;
        while (end < query.Length && (char.IsAsciiLetterOrDigit(query[end]) || query[end] == '_'))
        {
            end++;
        }
        return end;
    }
}

/// <param name="Kind">The kind of the token.</param>
/// <param name="Text">
/// The text of the token. A keyword is in upper case, a string has no quotes or escape sequences, and a parameter includes its '@'.
/// </param>
/// <param name="Start">The offset of the token in the query.</param>
/// <param name="End">The offset of the first character after the token.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Start, int End)
{
    public bool Is(string symbolOrKeyword) => Kind is TokenKind.Symbol or TokenKind.Keyword && Text == symbolOrKeyword;
}

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
