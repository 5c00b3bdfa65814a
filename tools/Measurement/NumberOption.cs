using System.CommandLine;
using System.Globalization;

namespace ServerlessScale.Measurement;

/// <summary>Creates command-line options that accept a whole number within limits.</summary>
public static class NumberOption
{
    /// <param name="name">The name with the leading dashes, such as <c>--runs</c>.</param>
    /// <param name="description">The description in <c>--help</c>, which also shows the default.</param>
    /// <param name="standard">The default.</param>
    /// <param name="least">The smallest accepted number.</param>
    /// <param name="most">The largest accepted number.</param>
    public static Option<int> Create(string name, string description, int standard, int least, int most)
    {
        var option = Create(name, description, (long)standard, least, most);
        return new(name)
        {
            Description = description,
            HelpName = option.HelpName,
            DefaultValueFactory = _ => standard,
            CustomParser = result => (int)option.CustomParser!(result),
        };
    }

    /// <inheritdoc cref="Create(string, string, int, int, int)"/>
    public static Option<long> Create(string name, string description, long standard, long least, long most) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => standard,
        CustomParser = result =>
        {
            if (long.TryParse(result.Tokens.Single().Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number >= least && number <= most)
            {
                return number;
            }

            result.AddError($"{name} must be a whole number from {least} to {most}.");
            return standard;
        },
    };
}
