using System.Diagnostics.CodeAnalysis;

namespace ServerlessScale.Shared.Problems;

/// <summary>The result of an operation: its value, or the <see cref="Problem"/> to report to the caller.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed class Outcome<T>
    where T : notnull
{
    private Outcome(T? value, Problem? problem) => (Value, Problem) = (value, problem);

    /// <summary>The value on success; the default of <typeparamref name="T"/> when <see cref="Problem"/> is set.</summary>
    public T? Value { get; }

    /// <summary>The problem that occurred; null on success.</summary>
    public Problem? Problem { get; }

    [SuppressMessage(
        "Usage", "CA2225",
        Justification = "Methods return the value or the problem directly, so a named conversion method is not needed.")]
    public static implicit operator Outcome<T>(T value) => new(value, null);

    [SuppressMessage(
        "Usage", "CA2225",
        Justification = "Methods return the value or the problem directly, so a named conversion method is not needed.")]
    public static implicit operator Outcome<T>(Problem problem) => new(default, problem);

    /// <returns>True with the value on success; false with the problem otherwise.</returns>
    public bool Succeeded([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Problem? problem)
    {
        (value, problem) = (Value, Problem);
        return problem is null;
    }
}
