namespace ServerlessScale.Shared.Problems;

/// <summary>
/// Carries a <see cref="Problem"/> out of code that cannot return an <see cref="Outcome{T}"/>, such as a read from a stream. The HTTP
/// middleware writes the problem as an <c>application/problem+json</c> document.
/// </summary>
public sealed class ProblemException(Problem problem, Exception? innerException = null)
    : Exception(problem.Detail, innerException)
{
    public Problem Problem { get; } = problem;
}
