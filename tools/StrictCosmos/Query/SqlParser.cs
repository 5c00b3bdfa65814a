using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using ServerlessScale.StrictCosmos.Storage;

namespace ServerlessScale.StrictCosmos.Query;

/// <summary>
/// Parses <c>SELECT [TOP n] * | VALUE x | x [AS a], ... FROM c [WHERE ...] [ORDER BY c.p [DESC], ...] [OFFSET n LIMIT n]</c>.
/// Everything else is refused, so that no query passes here which another reading of it would fail in Azure.
/// </summary>
internal sealed class SqlParser
{
    /// <summary>Bounds the stack that a query can take.</summary>
    private const int DeepestExpression = 100;

    private static readonly FrozenDictionary<string, (SqlFunction Function, int Least, int Most)> Functions =
        new Dictionary<string, (SqlFunction, int, int)>(StringComparer.OrdinalIgnoreCase)
        {
            ["IS_DEFINED"] = (SqlFunction.IsDefined, 1, 1),
            ["STARTSWITH"] = (SqlFunction.StartsWith, 2, 2),
            ["CONTAINS"] = (SqlFunction.Contains, 2, 2),
            ["ARRAY_CONTAINS"] = (SqlFunction.ArrayContains, 2, 2),
        }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private readonly string _query;
    private readonly List<Token> _tokens;
    private readonly List<KeyValuePair<string, string>> _selectedTexts = [];
    private int _at;
    private int _depth;
    private string _alias = "";

    private SqlParser(string query)
    {
        _query = query;
        _tokens = SqlLexer.Split(query);
    }

    private Token Next => _tokens[_at];

    /// <exception cref="SqlException">When the query is malformed or outside of the subset.</exception>
    public static SqlQuery Parse(string query) => new SqlParser(query).Query();

    private SqlQuery Query()
    {
        Expect("SELECT");
        if (Next.Is("DISTINCT"))
        {
            throw Unsupported("DISTINCT");
        }
        var top = Accept("TOP") ? Count() : null;
        // The alias is only known after FROM, which is therefore read first.
        var selectAt = _at;
        SkipTo("FROM");
        var selectEnd = _at;
        _alias = From();
        var afterFrom = _at;
        _at = selectAt;
        var (select, selectsValue) = Selection();
        if (_at != selectEnd)
        {
            throw Unexpected();
        }
        _at = afterFrom;

        SqlExpression? where = null;
        string? whereText = null;
        if (Accept("WHERE"))
        {
            var start = Next.Start;
            where = Expression();
            whereText = _query[start.._tokens[_at - 1].End];
        }
        var orderBy = OrderBy();
        SqlExpression? offset = null;
        SqlExpression? limit = null;
        if (Accept("OFFSET"))
        {
            if (top is not null)
            {
                throw new SqlException("TOP and OFFSET LIMIT exclude each other.");
            }
            offset = Count();
            Expect("LIMIT");
            limit = Count();
        }
        if (Next.Kind != TokenKind.End)
        {
            throw Unexpected();
        }
        return new SqlQuery
        {
            Alias = _alias,
            Select = select,
            SelectsValue = selectsValue,
            Where = where,
            OrderBy = orderBy,
            Top = top,
            Offset = offset,
            Limit = limit,
            SelectText = _query[_tokens[selectAt].Start.._tokens[selectEnd - 1].End],
            SelectedTexts = _selectedTexts,
            WhereText = whereText,
        };
    }

    private string From()
    {
        Expect("FROM");
        var alias = Identifier();
        if (Accept("AS") || Next.Kind == TokenKind.Identifier)
        {
            alias = Identifier();
        }
        return Next.Is("JOIN") || Next.Is("IN") || Next.Is(".") || Next.Is(",") ? throw Unsupported("a collection other than the container") : alias;
    }

    private (SqlExpression? Select, bool SelectsValue) Selection()
    {
        if (Accept("*"))
        {
            return (null, false);
        }
        if (Accept("VALUE"))
        {
            return (Expression(), true);
        }
        var properties = new List<KeyValuePair<string, SqlExpression>>();
        do
        {
            var start = Next.Start;
            var expression = Expression();
            var text = _query[start.._tokens[_at - 1].End];
            var name = Accept("AS") || Next.Kind == TokenKind.Identifier ? Identifier() : NameOf(expression);
            if (properties.Any(property => property.Key == name))
            {
                throw new SqlException($"The property '{name}' is selected twice.");
            }
            properties.Add(KeyValuePair.Create(name, expression));
            _selectedTexts.Add(KeyValuePair.Create(name, text));
        }
        while (Accept(","));
        return (new SqlExpression.ObjectOf(properties), false);
    }

    private string NameOf(SqlExpression expression) => expression switch
    {
        SqlExpression.Property { Path: [] } => _alias,
        SqlExpression.Property property => property.Path[^1],
        _ => throw new SqlException("A selected expression that is not a property needs a name (AS)."),
    };

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
            if (Expression() is not SqlExpression.Property { Path: { Count: > 0 } path })
            {
                throw new SqlException("Unsupported ORDER BY clause: an order-by item must be a property.");
            }
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

    private SqlExpression Count() => Next.Kind switch
    {
        TokenKind.Parameter => new SqlExpression.Parameter(Take().Text),
        TokenKind.Number when int.TryParse(Next.Text, NumberStyles.None, CultureInfo.InvariantCulture, out _) => Number(Take().Text),
        _ => throw Unexpected(),
    };

    private SqlExpression Expression()
    {
        if (++_depth > DeepestExpression)
        {
            throw new SqlException("The query is nested too deeply.");
        }
        List<SqlExpression> operands = [Conjunction()];
        while (Accept("OR"))
        {
            operands.Add(Conjunction());
        }
        _depth--;
        return operands.Count == 1 ? operands[0] : new SqlExpression.Or(operands);
    }

    private SqlExpression Conjunction()
    {
        List<SqlExpression> operands = [Negation()];
        while (Accept("AND"))
        {
            operands.Add(Negation());
        }
        return operands.Count == 1 ? operands[0] : new SqlExpression.And(operands);
    }

    private SqlExpression Negation()
    {
        var negations = 0;
        while (Accept("NOT"))
        {
            negations++;
        }
        var expression = Condition();
        return negations switch
        {
            0 => expression,
            _ when negations % 2 == 1 => new SqlExpression.Not(expression),
            _ => new SqlExpression.Not(new SqlExpression.Not(expression)),
        };
    }

    private SqlExpression Condition()
    {
        var left = Primary();
        if (Next.Kind == TokenKind.Symbol && Next.Text is "=" or "!=" or "<>" or "<" or "<=" or ">" or ">=")
        {
            return new SqlExpression.Comparison(Take().Text, left, Primary());
        }
        var negated = Accept("NOT");
        SqlExpression condition;
        if (Accept("IN"))
        {
            Expect("(");
            condition = new SqlExpression.In(left, List(")"));
        }
        else if (Accept("BETWEEN"))
        {
            var low = Primary();
            Expect("AND");
            condition = new SqlExpression.And(
                [new SqlExpression.Comparison(">=", left, low), new SqlExpression.Comparison("<=", left, Primary())]);
        }
        else if (negated || Next.Is("LIKE"))
        {
            throw Unexpected();
        }
        else
        {
            return left;
        }
        return negated ? new SqlExpression.Not(condition) : condition;
    }

    private SqlExpression Primary()
    {
        var token = Take();
        switch (token.Kind)
        {
            case TokenKind.Parameter:
                return new SqlExpression.Parameter(token.Text);
            case TokenKind.Text:
                return new SqlExpression.Literal(JsonSerializer.SerializeToElement(token.Text));
            case TokenKind.Number:
                return Number(token.Text);
            case TokenKind.Identifier when Next.Is("("):
                return Function(token.Text);
            case TokenKind.Identifier:
                return Property(token.Text);
            case TokenKind.Keyword when token.Text is "TRUE" or "FALSE":
                return new SqlExpression.Literal(JsonSerializer.SerializeToElement(token.Text == "TRUE"));
            case TokenKind.Keyword when token.Text == "NULL":
                return new SqlExpression.Literal(JsonSerializer.SerializeToElement<string?>(null));
            case TokenKind.Keyword when token.Text == "UNDEFINED":
                return new SqlExpression.Literal(default);
            case TokenKind.Symbol when token.Text == "(":
                var inner = Expression();
                Expect(")");
                return inner;
            case TokenKind.Symbol when token.Text == "-" && Next.Kind == TokenKind.Number:
                return Number("-" + Take().Text);
            case TokenKind.Symbol when token.Text == "[":
                return new SqlExpression.ArrayOf(List("]"));
            case TokenKind.Symbol when token.Text == "{":
                return Object();
            default:
                _at = token.Kind == TokenKind.End ? _at : _at - 1;
                throw Unexpected();
        }
    }

    private SqlExpression.Function Function(string name)
    {
        if (!Functions.TryGetValue(name, out var known))
        {
            throw Unsupported($"the function {name}");
        }
        Expect("(");
        var arguments = List(")");
        return arguments.Count >= known.Least && arguments.Count <= known.Most
            ? new SqlExpression.Function(known.Function, arguments)
            : throw Unsupported($"{name} with {arguments.Count} arguments");
    }

    private SqlExpression.Property Property(string root)
    {
        if (root != _alias)
        {
            throw new SqlException($"Identifier '{root}' could not be resolved.");
        }
        var path = new List<string>();
        while (true)
        {
            if (Accept("."))
            {
                path.Add(Identifier());
            }
            else if (Accept("["))
            {
                if (Next.Kind != TokenKind.Text)
                {
                    throw Unsupported("an element of an array");
                }
                path.Add(Take().Text);
                Expect("]");
            }
            else
            {
                return new SqlExpression.Property(path);
            }
        }
    }

    private SqlExpression.ObjectOf Object()
    {
        var properties = new List<KeyValuePair<string, SqlExpression>>();
        if (Accept("}"))
        {
            return new SqlExpression.ObjectOf(properties);
        }
        do
        {
            if (Next.Kind != TokenKind.Text)
            {
                throw Unexpected();
            }
            var name = Take().Text;
            Expect(":");
            properties.Add(KeyValuePair.Create(name, Expression()));
        }
        while (Accept(","));
        Expect("}");
        return new SqlExpression.ObjectOf(properties);
    }

    private List<SqlExpression> List(string end)
    {
        var elements = new List<SqlExpression>();
        if (Accept(end))
        {
            return elements;
        }
        do
        {
            elements.Add(Expression());
        }
        while (Accept(","));
        Expect(end);
        return elements;
    }

    private static SqlExpression.Literal Number(string text) =>
        new(JsonSerializer.SerializeToElement(double.Parse(text, CultureInfo.InvariantCulture)));

    private string Identifier() => Next.Kind == TokenKind.Identifier ? Take().Text : throw Unexpected();

    private void SkipTo(string keyword)
    {
        while (!Next.Is(keyword))
        {
            if (Next.Kind == TokenKind.End)
            {
                throw Unexpected();
            }
            _at++;
        }
    }

    private bool Accept(string text)
    {
        if (!Next.Is(text))
        {
            return false;
        }
        _at++;
        return true;
    }

    private void Expect(string text)
    {
        if (!Accept(text))
        {
            throw Unexpected();
        }
    }

    private Token Take()
    {
        var token = Next;
        if (token.Kind != TokenKind.End)
        {
            _at++;
        }
        return token;
    }

    private SqlException Unexpected() => Next.Kind == TokenKind.End
        ? new SqlException("Syntax error, the query ends too early.")
        : new SqlException($"Syntax error or not supported by StrictCosmos, near '{Next.Text}' at {Next.Start}.");

    private static SqlException Unsupported(string what) => new($"StrictCosmos does not support {what} in a query.");
}
