namespace ServerlessScale.Shared.Problems;

/// <summary>
/// Carries a <see cref="Problem"/> through code that cannot return one (stream reads, deep validation). The HTTP
/// middleware answers it as an <c>application/problem+json</c> document.
/// </summary>
public sealed class ProblemException(Problem problem, Exception? innerException = null)
    : Exception(problem.Detail, innerException)
{
    public Problem Problem { get; } = problem;
}
