using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ServerlessScale.Functions;

/// <summary>Checks a setting whose values have names. The configuration binder would report neither the setting nor the allowed names.</summary>
internal static class NamedSetting
{
    /// <param name="configuration">The configuration of the app.</param>
    /// <param name="key">The setting, such as <c>Orders:Store</c>.</param>
    /// <exception cref="OptionsValidationException">The value is not a name in <typeparamref name="T"/>.</exception>
    public static void Check<T>(IConfiguration configuration, string key)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>();
        if (configuration[key] is { Length: > 0 } value && !names.Contains(value, StringComparer.OrdinalIgnoreCase))
        {
            throw new OptionsValidationException(
                key, typeof(T), [$"{key} is '{value}', but must be {string.Join(" or ", names.Select(name => name.ToLowerInvariant()))}."]);
        }
    }

    /// <returns>True if the setting has this value. The case of the name does not matter, as in the configuration binder.</returns>
    public static bool Is<T>(IConfiguration configuration, string key, T value)
        where T : struct, Enum =>
        string.Equals(configuration[key], value.ToString(), StringComparison.OrdinalIgnoreCase);
}
