using Microsoft.AspNetCore.Http;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Http;

internal static class ProblemResultExtensions
{
    /// <summary>The problem as a function's answer: <c>application/problem+json</c>, its status, <c>Cache-Control: no-store</c>.</summary>
    public static IResult ToResult(this Problem problem) => new ProblemResult(problem);
}
