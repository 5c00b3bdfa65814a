using System.Globalization;

namespace ServerlessScale.Local.Lab.Experiments;

/// <summary>The values of the options of a run. Options that were not given have their default.</summary>
internal sealed class OptionValues
{
    private readonly Dictionary<string, string> _values;

    private OptionValues(Dictionary<string, string> values) => _values = values;

    public IReadOnlyDictionary<string, string> All => _values;

    public string this[string name] => _values[name];

    public int Number(string name) => int.Parse(_values[name], CultureInfo.InvariantCulture);

    /// <summary>Checks the given values.</summary>
    /// <param name="options">The options of the experiment.</param>
    /// <param name="given">The given values by the names of the options.</param>
    /// <param name="problem">The name of the option that is unknown or whose value is not allowed, and the reason; otherwise null.</param>
    /// <returns>The values of all options; null if there is a problem.</returns>
    public static OptionValues? TryParse(
        IReadOnlyList<ExperimentOption> options, IReadOnlyDictionary<string, string> given, out (string Name, string Reason)? problem)
    {
        problem = null;
        var values = options.ToDictionary(option => option.Name, option => option.Default);
        foreach (var (name, value) in given)
        {
            if (options.FirstOrDefault(option => option.Name == name) is not { } option)
            {
                var known = options.Count == 0 ? "The experiment has no options" : $"The options are {string.Join(", ", options.Select(each => each.Name))}";
                problem = (name, $"The option {name} is unknown. {known}.");
                return null;
            }

            if (!IsAllowed(option, value))
            {
                problem = (name, option.Choices is { } choices
                    ? $"The value of {name} must be one of {string.Join(", ", choices)}."
                    : string.Create(CultureInfo.InvariantCulture, $"The value of {name} must be a whole number from {option.Min} to {option.Max}."));
                return null;
            }

            values[name] = value;
        }

        return new(values);
    }

    private static bool IsAllowed(ExperimentOption option, string value) => option.Choices is { } choices
        ? choices.Contains(value)
        : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= option.Min && number <= option.Max;
}
