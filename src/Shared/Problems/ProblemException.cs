namespace ServerlessScale.Shared.Problems;

/// <summary>
/// Reports a <see cref="Problem"/> from code that cannot return an <see cref="Outcome{T}"/>, such as a stream's read method. The HTTP
/// middleware writes the problem as an <c>application/problem+json</c> document.
/// </summary>
public sealed class ProblemException(Problem problem, Exception? innerException = null)
    : Exception(problem.Detail, innerException)
{
    public Problem Problem { get; } = problem;
}
