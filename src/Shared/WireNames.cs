using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json.Serialization;

namespace ServerlessScale.Shared;

/// <summary>
/// Converts between the members of an enum and their external names, which appear in query parameters, table columns and messages. The
/// external names are the same as in JSON (<see cref="JsonStringEnumConverter{TEnum}"/>): the name in the member's
/// <see cref="JsonStringEnumMemberNameAttribute"/>, or the C# name when the member has no such attribute.
/// </summary>
public static class WireNames<TEnum>
    where TEnum : struct, Enum
{
    private static readonly FrozenDictionary<TEnum, string> ByValue = typeof(TEnum)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .ToFrozenDictionary(
            field => (TEnum)field.GetValue(null)!,
            field => field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? field.Name);

    private static readonly FrozenDictionary<string, TEnum> ByName =
        ByValue.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    /// <summary>All external names, in ascending order of the members' values.</summary>
    [SuppressMessage("Design", "CA1000", Justification = "The type argument selects the enum.")]
    public static IReadOnlyList<string> All { get; } = [.. ByValue.OrderBy(pair => pair.Key).Select(pair => pair.Value)];

    /// <exception cref="ArgumentOutOfRangeException">The enum has no member with this value.</exception>
    [SuppressMessage("Design", "CA1000", Justification = "As above.")]
    public static string Of(TEnum value) =>
        ByValue.TryGetValue(value, out var name)
            ? name
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{typeof(TEnum).Name} has no such member.");

    /// <summary>Finds the member with an external name. The comparison is case-sensitive.</summary>
    [SuppressMessage("Design", "CA1000", Justification = "As above.")]
    public static bool TryParse([NotNullWhen(true)] string? name, out TEnum value)
    {
        value = default;
        return name is not null && ByName.TryGetValue(name, out value);
    }
}
