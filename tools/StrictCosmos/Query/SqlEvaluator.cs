using System.Buffers;
using System.Text.Json;

namespace ServerlessScale.StrictCosmos.Query;

/// <summary>
/// Evaluates expressions over one item. A comparison of unlike types is undefined, and undefined is carried on as SQL's
/// three-valued logic has it; only <c>true</c> lets an item through.
/// </summary>
internal sealed class SqlEvaluator(IReadOnlyDictionary<string, JsonElement> parameters)
{
    /// <summary>An item may be nested as deeply as the service allows, and the query's own brackets come on top.</summary>
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 1000 };
    private static readonly JsonElement True = JsonSerializer.SerializeToElement(true);
    private static readonly JsonElement False = JsonSerializer.SerializeToElement(false);

    public bool Passes(SqlExpression? condition, JsonElement item) =>
        condition is null || Evaluate(condition, item).ValueKind == JsonValueKind.True;

    /// <returns>The value; of kind Undefined when there is none.</returns>
    /// <exception cref="SqlException">When a parameter has no value.</exception>
    public JsonElement Evaluate(SqlExpression expression, JsonElement item) => expression switch
    {
        SqlExpression.Literal literal => literal.Value,
        SqlExpression.Parameter parameter => ValueOf(parameter),
        SqlExpression.Property property => Property(item, property.Path),
        SqlExpression.Not not => Negate(Evaluate(not.Operand, item)),
        SqlExpression.And and => Combine(and.Operands, item, JsonValueKind.False, True),
        SqlExpression.Or or => Combine(or.Operands, item, JsonValueKind.True, False),
        SqlExpression.Comparison comparison =>
            Compare(comparison.Operator, Evaluate(comparison.Left, item), Evaluate(comparison.Right, item)),
        SqlExpression.In within => In(Evaluate(within.Value, item), within.Candidates, item),
        SqlExpression.Function function => Call(function, item),
        SqlExpression.ArrayOf array => Build(writer => Write(writer, array, item)),
        SqlExpression.ObjectOf constructed => Build(writer => Write(writer, constructed, item)),
        _ => throw new InvalidOperationException($"No such expression: {expression.GetType()}."),
    };

    public static JsonElement Property(JsonElement item, IReadOnlyList<string> path)
    {
        foreach (var name in path)
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty(name, out item))
            {
                return default;
            }
        }
        return item;
    }

    private static JsonElement Negate(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => False,
        JsonValueKind.False => True,
        _ => default,
    };

    private static JsonElement Compare(string comparison, JsonElement left, JsonElement right)
    {
        if (left.ValueKind == JsonValueKind.Undefined || right.ValueKind == JsonValueKind.Undefined || !JsonOrder.AreComparable(left, right))
        {
            return default;
        }
        if (comparison is "=" or "!=" or "<>")
        {
            return JsonOrder.AreEqual(left, right) == (comparison == "=") ? True : False;
        }
        if (left.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
        {
            return default;
        }
        var order = JsonOrder.Compare(left, right);
        var holds = comparison switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
        return holds ? True : False;
    }

    /// <param name="decisive">The kind of value that decides alone, whatever the others are.</param>
    private JsonElement Combine(IReadOnlyList<SqlExpression> operands, JsonElement item, JsonValueKind decisive, JsonElement otherwise)
    {
        var result = otherwise;
        foreach (var operand in operands)
        {
            var value = Evaluate(operand, item);
            if (value.ValueKind == decisive)
            {
                return value;
            }
            if (value.ValueKind != otherwise.ValueKind)
            {
                result = default;
            }
        }
        return result;
    }

    private JsonElement In(JsonElement value, IReadOnlyList<SqlExpression> candidates, JsonElement item)
    {
        if (value.ValueKind == JsonValueKind.Undefined)
        {
            return default;
        }
        foreach (var candidate in candidates)
        {
            if (Compare("=", value, Evaluate(candidate, item)).ValueKind == JsonValueKind.True)
            {
                return True;
            }
        }
        return False;
    }

    private JsonElement Call(SqlExpression.Function function, JsonElement item)
    {
        var first = Evaluate(function.Arguments[0], item);
        if (function.Name == SqlFunction.IsDefined)
        {
            return first.ValueKind == JsonValueKind.Undefined ? False : True;
        }
        var second = Evaluate(function.Arguments[1], item);
        if (function.Name == SqlFunction.ArrayContains)
        {
            return first.ValueKind != JsonValueKind.Array || second.ValueKind == JsonValueKind.Undefined ? default
                : first.EnumerateArray().Any(element => Compare("=", element, second).ValueKind == JsonValueKind.True) ? True
                : False;
        }
        if (first.ValueKind != JsonValueKind.String || second.ValueKind != JsonValueKind.String)
        {
            return default;
        }
        var text = first.GetString()!;
        var sought = second.GetString()!;
        var found = function.Name == SqlFunction.StartsWith
            ? text.StartsWith(sought, StringComparison.Ordinal)
            : text.Contains(sought, StringComparison.Ordinal);
        return found ? True : False;
    }

    private JsonElement ValueOf(SqlExpression.Parameter parameter) =>
        parameters.TryGetValue(parameter.Name, out var value)
            ? value
            : throw new SqlException($"The parameter {parameter.Name} has no value.");

    private void Write(Utf8JsonWriter writer, SqlExpression.ArrayOf array, JsonElement item)
    {
        writer.WriteStartArray();
        foreach (var element in array.Elements)
        {
            var value = Evaluate(element, item);
            if (value.ValueKind != JsonValueKind.Undefined)
            {
                value.WriteTo(writer);
            }
        }
        writer.WriteEndArray();
    }

    private void Write(Utf8JsonWriter writer, SqlExpression.ObjectOf constructed, JsonElement item)
    {
        writer.WriteStartObject();
        foreach (var (name, expression) in constructed.Properties)
        {
            var value = Evaluate(expression, item);
            if (value.ValueKind != JsonValueKind.Undefined)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
        }
        writer.WriteEndObject();
    }

    private static JsonElement Build(Action<Utf8JsonWriter> write)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            write(writer);
        }
        return JsonDocument.Parse(json.WrittenMemory, Reading).RootElement;
    }
}
