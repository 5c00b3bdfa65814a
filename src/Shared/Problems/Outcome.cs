using System.Diagnostics.CodeAnalysis;

namespace ServerlessScale.Shared.Problems;

/// <summary>What came of an operation: its value, or the <see cref="Problem"/> that its caller is to be told.</summary>
/// <typeparam name="T">The value of a success.</typeparam>
public sealed class Outcome<T>
    where T : class
{
    private Outcome(T? value, Problem? problem) => (Value, Problem) = (value, problem);

    /// <summary>The value of a success; null when <see cref="Problem"/> is set.</summary>
    public T? Value { get; }

    /// <summary>Why there is no value; null on success.</summary>
    public Problem? Problem { get; }

    [SuppressMessage("Usage", "CA2225", Justification = "Flows return the value or the problem itself; a named alternate would be a second way to say it.")]
    public static implicit operator Outcome<T>(T value) => new(value, null);

    [SuppressMessage("Usage", "CA2225", Justification = "As above.")]
    public static implicit operator Outcome<T>(Problem problem) => new(null, problem);

    /// <summary>Tells success from failure, with the non-null part of each.</summary>
    public bool Succeeded([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Problem? problem)
    {
        (value, problem) = (Value, Problem);
        return value is not null;
    }
}
