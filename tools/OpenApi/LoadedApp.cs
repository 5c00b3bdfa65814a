using System.Reflection;
using System.Runtime.Loader;

namespace ServerlessScale.OpenApi;

/// <summary>
/// The assemblies of a built function app. They are loaded by path, because the app's build runs this tool, so that the tool cannot have a
/// project reference to the app.
/// </summary>
internal sealed class LoadedApp
{
    private LoadedApp(IReadOnlyList<Assembly> assemblies) => Assemblies = assemblies;

    /// <summary>The app's own assembly and the own assemblies that it references.</summary>
    public IReadOnlyList<Assembly> Assemblies { get; }

    /// <param name="path">The path of <c>ServerlessScale.Functions.dll</c> in the app's output folder.</param>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    public static LoadedApp From(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            Path.Combine(folder, $"{name.Name}.dll") is var file && File.Exists(file) ? context.LoadFromAssemblyPath(file) : null;
        var app = AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.GetFullPath(path));
        var prefix = app.GetName().Name![..(app.GetName().Name!.IndexOf('.', StringComparison.Ordinal) + 1)];
        var referenced = app.GetReferencedAssemblies()
            .Where(name => name.Name!.StartsWith(prefix, StringComparison.Ordinal))
            .Select(AssemblyLoadContext.Default.LoadFromAssemblyName);
        return new LoadedApp([app, .. referenced]);
    }

    /// <returns>The value of a public constant.</returns>
    /// <exception cref="InvalidOperationException">The app has no type with this name, or several.</exception>
    public string Constant(string type, string name) =>
        (string)Types().Single(candidate => candidate.Name == type).GetField(name, BindingFlags.Public | BindingFlags.Static)!.GetRawConstantValue()!;

    public IEnumerable<Type> Types() => Assemblies.SelectMany(assembly => assembly.GetTypes());
}

/// <summary>Reads attributes by their names, because this tool has no reference to the assembly that declares them.</summary>
internal static class AttributeReading
{
    public static IEnumerable<CustomAttributeData> Attributes(this MemberInfo member, string name) => member.GetCustomAttributesData()
        .Where(attribute => NameOf(attribute.AttributeType) == name + "Attribute");

    public static CustomAttributeData? Attribute(this MemberInfo member, string name) => member.Attributes(name).FirstOrDefault();

    /// <returns>The constructor's argument; the default of the type when there is no such argument.</returns>
    public static T? Argument<T>(this CustomAttributeData attribute, int index) =>
        index < attribute.ConstructorArguments.Count ? Value<T>(attribute.ConstructorArguments[index]) : default;

    /// <returns>The value of the property; the default of the type when the attribute does not set the property.</returns>
    public static T? Property<T>(this CustomAttributeData attribute, string name) => attribute.NamedArguments
        .Where(argument => argument.MemberName == name)
        .Select(argument => Value<T>(argument.TypedValue))
        .FirstOrDefault();

    /// <returns>The name without the arity of a generic type.</returns>
    private static string NameOf(Type type) => type.Name.Split('`')[0];

    private static T? Value<T>(CustomAttributeTypedArgument argument) => argument.Value switch
    {
        IEnumerable<CustomAttributeTypedArgument> elements when typeof(T) == typeof(string[]) =>
            (T)(object)elements.Select(element => (string)element.Value!).ToArray(),
        T value => value,
        _ => default,
    };
}
