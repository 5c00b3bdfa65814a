using System.Globalization;
using System.Text.Json;
using ServerlessScale.StrictCosmos.Storage;

namespace ServerlessScale.StrictCosmos.Query;

/// <summary>
/// Parses the subset of SQL that the product and its benchmarks use (<see cref="Supported"/>). Rejects all other SQL, because a
/// misinterpreted query could succeed here but fail in Azure.
/// </summary>
internal sealed class SqlParser
{
    private const string Supported =
        "StrictCosmos supports queries of the form SELECT * FROM c [WHERE c.p <op> <value> [AND ...]] [ORDER BY c.p [ASC|DESC] [, ...]], "
        + "where <op> is =, <, <=, > or >=, and <value> is a parameter, a string, a number, true, false or null.";

    private readonly string _query;
    private readonly List<Token> _tokens;
    private int _at;
    private string _alias = "";

    private SqlParser(string query)
    {
        _query = query;
        _tokens = SqlLexer.Split(query);
    }

    private Token Next => _tokens[_at];

    /// <exception cref="SqlException">The query is malformed or outside the supported subset.</exception>
    public static SqlQuery Parse(string query)
    {
        try
        {
            return new SqlParser(query).Query();
        }
        catch (SqlException exception)
        {
            throw new SqlException($"{exception.Message} {Supported}");
        }
    }

    private SqlQuery Query()
    {
        Expect("SELECT");
        var selectionAt = _at;
        var rewritten = !Accept("*");
        while (rewritten && !Next.Is("FROM"))
        {
            // The selection refers to the alias that FROM defines, so FROM is parsed first.
            Take();
        }
        Expect("FROM");
        _alias = Identifier();
        if (Accept("AS") || Next.Kind == TokenKind.Identifier)
        {
            _alias = Identifier();
        }
        var (conditions, text) = Conditions();
        var orderBy = OrderBy();
        if (Next.Kind != TokenKind.End)
        {
            throw Unexpected();
        }
        if (rewritten)
        {
            _at = selectionAt;
            RewrittenSelection(orderBy);
        }
        return new SqlQuery { Alias = _alias, IsRewritten = rewritten, Conditions = conditions, ConditionsText = text, OrderBy = orderBy };
    }

    /// <summary>
    /// Parses <c>c._rid, [{"item": c["p"]}, ...] AS orderByItems, c AS payload</c>, which is the only supported selection other than
    /// <c>*</c>.
    /// </summary>
    private void RewrittenSelection(List<OrderKey> orderBy)
    {
        Expect(TokenKind.Identifier, _alias);
        Expect(".");
        Expect(TokenKind.Identifier, "_rid");
        for (var key = 0; key < orderBy.Count; key++)
        {
            Expect(",");
            if (key == 0)
            {
                Expect("[");
            }
            Expect("{");
            Expect(TokenKind.Text, "item");
            Expect(":");
            if (!Property().SequenceEqual(orderBy[key].Path))
            {
                throw Unexpected();
            }
            Expect("}");
        }
        Expect("]");
        Expect("AS");
        Expect(TokenKind.Identifier, "orderByItems");
        Expect(",");
        Expect(TokenKind.Identifier, _alias);
        Expect("AS");
        Expect(TokenKind.Identifier, "payload");
        Expect("FROM");
    }

    private (List<Condition> Conditions, string? Text) Conditions()
    {
        var conditions = new List<Condition>();
        if (!Accept("WHERE"))
        {
            return (conditions, null);
        }
        var start = Next.Start;
        do
        {
            // QueryPlan rewrites ordered queries and inserts a placeholder, which the SDK replaces with the condition "true".
            if (!Accept("TRUE"))
            {
                conditions.Add(Condition());
            }
        }
        while (Accept("AND"));
        return (conditions, _query[start.._tokens[_at - 1].End]);
    }

    private Condition Condition()
    {
        var path = Property();
        if (Next.Kind != TokenKind.Symbol || Next.Text is not ("=" or "<" or "<=" or ">" or ">="))
        {
            throw Unexpected();
        }
        var comparison = Take().Text;
        var value = Take();
        return value switch
        {
            { Kind: TokenKind.Parameter } => new Condition(path, comparison, default, value.Text),
            { Kind: TokenKind.Text } => new Condition(path, comparison, JsonSerializer.SerializeToElement(value.Text), null),
            { Kind: TokenKind.Number } => new Condition(path, comparison, Number(value.Text), null),
            { Kind: TokenKind.Symbol, Text: "-" } when Next.Kind == TokenKind.Number => new Condition(path, comparison, Number("-" + Take().Text), null),
            { Kind: TokenKind.Keyword, Text: "TRUE" or "FALSE" } => new Condition(path, comparison, JsonSerializer.SerializeToElement(value.Text == "TRUE"), null),
            { Kind: TokenKind.Keyword, Text: "NULL" } => new Condition(path, comparison, JsonSerializer.SerializeToElement<string?>(null), null),
            _ => throw Unexpected(value),
        };
    }

    private List<OrderKey> OrderBy()
    {
        var keys = new List<OrderKey>();
        if (!Accept("ORDER"))
        {
            return keys;
        }
        Expect("BY");
        do
        {
            var path = Property();
            var descending = Accept("DESC");
            if (!descending)
            {
                Accept("ASC");
            }
            keys.Add(new OrderKey(path, descending));
        }
        while (Accept(","));
        return keys;
    }

    /// <summary>Parses <c>c.p.q</c> or <c>c["p"]["q"]</c>.</summary>
    private List<string> Property()
    {
        Expect(TokenKind.Identifier, _alias);
        var path = new List<string>();
        while (true)
        {
            if (Accept("."))
            {
                path.Add(Identifier());
            }
            else if (Accept("["))
            {
                path.Add(Next.Kind == TokenKind.Text ? Take().Text : throw Unexpected());
                Expect("]");
            }
            else
            {
                return path.Count > 0 ? path : throw Unexpected();
            }
        }
    }

    private static JsonElement Number(string text) => JsonSerializer.SerializeToElement(double.Parse(text, CultureInfo.InvariantCulture));

    private string Identifier() => Next.Kind == TokenKind.Identifier ? Take().Text : throw Unexpected();

    private bool Accept(string symbolOrKeyword)
    {
        if (!Next.Is(symbolOrKeyword))
        {
            return false;
        }
        _at++;
        return true;
    }

    private void Expect(string symbolOrKeyword)
    {
        if (!Accept(symbolOrKeyword))
        {
            throw Unexpected();
        }
    }

    private void Expect(TokenKind kind, string text)
    {
        if (Next.Kind != kind || Next.Text != text)
        {
            throw Unexpected();
        }
        _at++;
    }

    private Token Take()
    {
        var token = Next;
        if (token.Kind == TokenKind.End)
        {
            throw Unexpected();
        }
        _at++;
        return token;
    }

    private SqlException Unexpected() => Unexpected(Next);

    private static SqlException Unexpected(Token token) => token.Kind == TokenKind.End
        ? new SqlException("The query is incomplete.")
        : new SqlException($"'{token.Text}' at offset {token.Start} is not supported.");
}
