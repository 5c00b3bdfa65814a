namespace ServerlessScale.StrictCosmos.Query;

/// <summary>The parameters that a query mentions.</summary>
internal static class SqlParameters
{
    public static IEnumerable<SqlExpression.Parameter> In(SqlQuery query) =>
        new[] { query.Select, query.Where }.OfType<SqlExpression>().SelectMany(In);

    private static IEnumerable<SqlExpression.Parameter> In(SqlExpression expression) => expression switch
    {
        SqlExpression.Parameter parameter => [parameter],
        SqlExpression.Not not => In(not.Operand),
        SqlExpression.And and => and.Operands.SelectMany(In),
        SqlExpression.Or or => or.Operands.SelectMany(In),
        SqlExpression.Comparison comparison => In(comparison.Left).Concat(In(comparison.Right)),
        SqlExpression.In within => In(within.Value).Concat(within.Candidates.SelectMany(In)),
        SqlExpression.Function function => function.Arguments.SelectMany(In),
        SqlExpression.ArrayOf array => array.Elements.SelectMany(In),
        SqlExpression.ObjectOf constructed => constructed.Properties.SelectMany(property => In(property.Value)),
        _ => [],
    };
}
