using System.Collections;
using System.Globalization;
using System.Reflection;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>One setting that the code reads: its name as an environment variable has it, and its default as text.</summary>
/// <param name="Name">Sections with <c>__</c> between them; of a list, without the number at the end.</param>
/// <param name="Defaults">One for a value, none for a value without a default, one for each element of a list.</param>
internal sealed record AppOption(string Name, bool IsList, bool IsDevelopmentOnly, IReadOnlyList<string> Defaults);

/// <summary>The settings of all options classes, which are those that name their section.</summary>
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
                // Worked out of others.
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
