using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ServerlessScale.OpenApi;

/// <summary>The documentation comments of the app, which the compiler writes to an XML file beside each assembly.</summary>
internal sealed partial class XmlComments
{
    private readonly Dictionary<string, XElement> _members;

    /// <exception cref="FileNotFoundException">An assembly has no XML file.</exception>
    public XmlComments(LoadedApp app) => _members = app.Assemblies
        .SelectMany(assembly => XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member"))
        // Each assembly with generated regular expressions has its own copy of the same helper classes.
        .DistinctBy(member => member.Attribute("name")!.Value)
        .ToDictionary(member => member.Attribute("name")!.Value);

    /// <returns>The summary of a method, as Markdown; null when the method has none.</returns>
    public string? Of(MethodInfo method)
    {
        var name = $"M:{NameOf(method.DeclaringType!)}.{method.Name}";
        return _members.Where(member => member.Key == name || member.Key.StartsWith(name + "(", StringComparison.Ordinal))
            .Select(member => Text(member.Value.Element("summary")))
            .FirstOrDefault();
    }

    /// <returns>The summary of a type, as Markdown; null when the type has none.</returns>
    public string? Of(Type type) => _members.TryGetValue($"T:{NameOf(type)}", out var member) ? Text(member.Element("summary")) : null;

    /// <returns>
    /// The summary of a property, or the description of the record parameter that declares the property; null when there is neither.
    /// </returns>
    public string? Of(PropertyInfo property)
    {
        var type = NameOf(property.DeclaringType!);
        if (_members.TryGetValue($"P:{type}.{property.Name}", out var member))
        {
            return Text(member.Element("summary"));
        }

        return _members.TryGetValue($"T:{type}", out var record)
            ? Text(record.Elements("param").FirstOrDefault(parameter => parameter.Attribute("name")!.Value == property.Name))
            : null;
    }

    private static string NameOf(Type type) => type.FullName!.Replace('+', '.');

    private static string? Text(XElement? element) =>
        element is null ? null : Spaces().Replace(string.Concat(element.Nodes().Select(Text)), " ").Trim();

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" or "paramref" } reference =>
            $"`{(reference.Attribute("cref") ?? reference.Attribute("langword") ?? reference.Attribute("name"))!.Value.Split('.', ':')[^1]}`",
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
