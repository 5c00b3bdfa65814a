using System.Collections;
using System.Globalization;
using System.Reflection;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>A setting that the code reads.</summary>
/// <param name="Name">
/// The name of the environment variable, with <c>__</c> between sections and without the index of a list element.
/// </param>
/// <param name="IsList">Whether the setting is a list.</param>
/// <param name="IsDevelopmentOnly">Whether the option has a <see cref="DevelopmentOnlyAttribute"/>.</param>
/// <param name="Defaults">
/// The default values in text form. The list is empty if there is no default, and it can have several elements if the setting is a list.
/// </param>
internal sealed record AppOption(string Name, bool IsList, bool IsDevelopmentOnly, IReadOnlyList<string> Defaults);

/// <summary>Reads the settings of all options classes. An options class has a constant that names its section.</summary>
internal static class OptionsOfTheApp
{
    private const string SectionConstant = "Section";

    public static IReadOnlyList<AppOption> Read() =>
    [
        .. ((Assembly[])[typeof(AuthenticationOptions).Assembly, typeof(ImageOptions).Assembly])
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.GetField(SectionConstant)?.IsLiteral is true)
            .SelectMany(type => Read(((string)type.GetField(SectionConstant)!.GetRawConstantValue()!).Replace(":", "__", StringComparison.Ordinal), type)),
    ];

    private static IEnumerable<AppOption> Read(string section, Type type)
    {
        var defaults = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties())
        {
            var name = $"{section}__{property.Name}";
            var value = property.GetValue(defaults);
            var developmentOnly = property.IsDefined(typeof(DevelopmentOnlyAttribute));
            if (property.PropertyType != typeof(string) && typeof(IEnumerable).IsAssignableFrom(property.PropertyType))
            {
                yield return new(name, IsList: true, developmentOnly, [.. ((IEnumerable)value!).Cast<object>().Select(Text)]);
            }
            else if (property.SetMethod is null)
            {
                // A computed property is not a setting.
            }
            else if (property.PropertyType is { IsClass: true } nested && nested != typeof(string))
            {
                foreach (var option in Read(name, nested))
                {
                    yield return option;
                }
            }
            else
            {
                yield return new(name, IsList: false, developmentOnly, value is null ? [] : [Text(value)]);
            }
        }
    }

    private static string Text(object value) =>
        value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
