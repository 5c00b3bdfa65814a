using System.Diagnostics.CodeAnalysis;

namespace ServerlessScale.Shared.Problems;

/// <summary>The result of an operation: its value, or the <see cref="Problem"/> to report to the caller.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed class Outcome<T>
    where T : notnull
{
    private Outcome(T? value, Problem? problem) => (Value, Problem) = (value, problem);

    /// <summary>The value of a success; the default of <typeparamref name="T"/> when <see cref="Problem"/> is set.</summary>
    public T? Value { get; }

    /// <summary>Why there is no value; null on success.</summary>
    public Problem? Problem { get; }

    [SuppressMessage("Usage", "CA2225", Justification = "Operations return the value or the problem itself; a named alternate would be a second way to do so.")]
    public static implicit operator Outcome<T>(T value) => new(value, null);

    [SuppressMessage("Usage", "CA2225", Justification = "Operations return the value or the problem itself; a named alternate would be a second way to do so.")]
    public static implicit operator Outcome<T>(Problem problem) => new(default, problem);

    /// <returns>True with the value on success; false with the problem otherwise.</returns>
    public bool Succeeded([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Problem? problem)
    {
        (value, problem) = (Value, Problem);
        return problem is null;
    }
}
